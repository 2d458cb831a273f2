"""`GET /api/topics/{topic}`: changes since a position where all can be given, else the image; fields; nothing twice."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser

from accounts.models import User
from project.kit import streams
from project.kit.models import OutboxChange, StreamHead
from project.kit.streams import MAX_RESUMED_CHANGES
from realtime.streams import NotificationReadChange, user_entry
from tests.sports.matches import make_live_event

pytestmark = pytest.mark.django_db


def browser_of(user: User | None) -> Browser:
    browser = Browser()
    if user is not None:
        browser.force_login(user)
    return browser


def read(browser: Browser, topic: str, **query: str) -> dict[str, Any]:
    answer = browser.get(f"/api/topics/{topic}", query)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def change(user: User, *numbers: int) -> None:
    """Changes on a person's stream; `unread` carries their numbers."""
    with transaction.atomic():
        streams.append(*(user_entry(user.id, NotificationReadChange(ids=None, unread=number)) for number in numbers))


def test_changes_since_a_position_are_given_once_and_in_order(ada: User) -> None:
    browser, topic = browser_of(ada), f"user:{ada.id}"
    change(ada, 1)
    before = read(browser, topic)["pos"]
    change(ada, 2, 3)

    answer = read(browser, topic, since=before)

    epoch = before.partition(":")[0]
    assert answer == {
        "topic": topic,
        "lane": "sequenced",
        "pos": f"{epoch}:3",
        "resumed": True,
        "changes": [
            {"seq": 2, "type": "notification.read", "ids": None, "unread": 2},
            {"seq": 3, "type": "notification.read", "ids": None, "unread": 3},
        ],
    }
    nothing = read(browser, topic, since=answer["pos"])
    assert (nothing["pos"], nothing["resumed"], nothing["changes"]) == (f"{epoch}:3", True, [])


@pytest.mark.parametrize("since", ["{epoch}:9", "elsewhere:1", "v:1", "nonsense", "{epoch}:01", ""])
def test_a_position_that_cannot_be_continued_gets_the_image(ada: User, since: str) -> None:
    browser, topic = browser_of(ada), f"user:{ada.id}"
    change(ada, 1, 2)
    image = read(browser, topic)
    epoch = image["pos"].partition(":")[0]

    assert read(browser, topic, since=since.format(epoch=epoch)) == image
    assert "resumed" not in image


def test_trimmed_history_gets_the_image(ada: User) -> None:
    browser, topic = browser_of(ada), f"user:{ada.id}"
    change(ada, 1, 2, 3)
    image = read(browser, topic)
    epoch = image["pos"].partition(":")[0]
    OutboxChange.objects.filter(stream=topic, seq=2).delete()

    assert read(browser, topic, since=f"{epoch}:1") == image
    assert read(browser, topic, since=f"{epoch}:2")["resumed"] is True


def test_too_many_changes_get_the_image(ada: User) -> None:
    browser, topic = browser_of(ada), f"user:{ada.id}"
    change(ada, 1)
    first = read(browser, topic)["pos"]
    StreamHead.objects.filter(name=topic).update(seq=2 + MAX_RESUMED_CHANGES)

    assert "image" in read(browser, topic, since=first)


@pytest.mark.parametrize(("who", "status"), [("ada", 200), ("ben", 403), ("cleo", 403), ("mod", 403), (None, 403)])
def test_history_is_the_owners(ada: User, ben: User, cleo: User, mod: User, who: str | None, status: int) -> None:
    people = {"ada": ada, "ben": ben, "cleo": cleo, "mod": mod, None: None}
    change(ada, 1, 2)
    epoch = streams.head(f"user:{ada.id}").epoch

    answer = browser_of(people[who]).get(f"/api/topics/user:{ada.id}", {"since": f"{epoch}:1"})

    assert answer.status_code == status
    assert (b'"seq": 2' in answer.content) is (status == 200)


def test_fields_leave_the_others_out() -> None:
    event = make_live_event()
    topic = f"event:{event.pk}:scoreboard"
    ((key, version, whole),) = read(Browser(), topic)["image"]["entries"]
    first, second = sorted(whole)[:2]

    ((_, same_version, some),) = read(Browser(), topic, fields=f"{second},{first}")["image"]["entries"]

    assert some == {first: whole[first], second: whole[second]}
    assert (same_version, key) == (version, "state")


@pytest.mark.parametrize("fields", ["nonsense", "event_id,nonsense", "", ",", ",".join(["event_id"] * 21)])
def test_fields_nobody_has_are_refused(fields: str) -> None:
    answer = Browser().get(f"/api/topics/event:{make_live_event().pk}:scoreboard", {"fields": fields})

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert answer.json()["errors"][0]["pointer"] == "/fields"


def test_a_sequenced_topic_has_no_fields() -> None:
    answer = Browser().get(f"/api/topics/event:{make_live_event().pk}:incidents", {"fields": "type"})

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")


def test_what_has_not_changed_is_not_sent_again(ada: User) -> None:
    browser, path = browser_of(ada), f"/api/topics/user:{ada.id}"
    change(ada, 1)
    etag = browser.get(path).headers["ETag"]

    same = browser.get(path, headers={"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    assert same.headers["Cache-Control"] == "no-store"
    change(ada, 2)
    other = browser.get(path, headers={"If-None-Match": etag})
    assert other.status_code == 200
    assert other.headers["ETag"] != etag


def test_an_etag_opens_nothing(ada: User, ben: User) -> None:
    path = f"/api/topics/user:{ada.id}"
    change(ada, 1)
    etag = browser_of(ada).get(path).headers["ETag"]

    assert browser_of(ben).get(path, headers={"If-None-Match": etag}).status_code == 403


def test_a_read_is_a_read(ada: User) -> None:
    browser, path = browser_of(ada), f"/api/topics/user:{ada.id}"

    assert browser.get(path, {"since": "e" * 101}).status_code == 422
    for method in ("post", "put", "delete"):
        assert getattr(browser, method)(path).status_code in (403, 405)
