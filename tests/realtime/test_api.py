"""`GET /api/me`, socket tickets and topic images over HTTP."""

import pytest
from django.test import Client as Browser

from accounts.models import User
from project.kit.ids import new_id

pytestmark = pytest.mark.django_db


def test_me_of_a_visitor_is_empty_and_still_carries_a_csrf_token() -> None:
    reply = Browser().get("/api/me")

    body = reply.json()
    assert len(body.pop("csrf_token")) == 64
    assert body == {
        "user": None,
        "role": "",
        "email": "",
        "is_email_verified": False,
        "wallets": [],
        "unread": {"messages": 0, "notifications": 0},
    }
    assert "csrftoken" in reply.cookies


def test_me_opens_the_wallets_of_a_new_person_once(ada: User) -> None:
    browser = Browser()
    browser.force_login(ada)

    first, second = browser.get("/api/me").json(), browser.get("/api/me").json()

    assert first["user"] == {"id": str(ada.id), "username": "ada", "display_name": "ada"}
    assert [(wallet["currency"], wallet["available"]) for wallet in first["wallets"]] == [
        ("PLY", "1000.00"),
        ("CRD", "10.00"),
    ]
    assert (first["role"], first["email"]) == ("END_USER", "ada@example.org")
    assert first["wallets"] == second["wallets"]


def test_a_ticket_is_issued_to_the_session_that_asks(ada: User) -> None:
    from realtime.tickets import redeem_ticket

    browser = Browser()
    browser.force_login(ada)

    reply = browser.post("/api/socket-ticket").json()

    assert reply["expires_in"] == 30
    assert redeem_ticket(reply["ticket"], address="").user_id == ada.id


def test_a_ticket_lives_thirty_seconds(ada: User, test_redis: object) -> None:
    browser = Browser()
    browser.force_login(ada)

    ticket = browser.post("/api/socket-ticket").json()["ticket"]

    assert 28 <= test_redis.ttl(f"ticket:{ticket}") <= 30  # type: ignore[attr-defined]  # a Redis client


@pytest.mark.parametrize("topic", ["nonsense", "event:1:prices", "lobby", "user:*", "lobby:prices%0a"])
def test_an_unknown_topic_is_not_found(topic: str) -> None:
    reply = Browser().get(f"/api/topics/{topic}")

    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_a_conflated_topic_over_http_has_entries_and_a_version() -> None:
    from tests.sports.matches import make_live_event

    event = make_live_event()

    reply = Browser().get(f"/api/topics/event:{event.pk}:scoreboard").json()

    ((key, version, value),) = reply["image"]["entries"]
    assert (reply["lane"], reply["pos"], key) == ("conflated", f"v:{version}", "state")
    assert value["event_id"] == str(event.pk)


@pytest.mark.django_db(transaction=True)
def test_a_sequenced_topic_over_http_has_an_image_and_a_position(ada: User) -> None:
    browser = Browser()
    browser.force_login(ada)
    browser.get("/api/me")

    reply = browser.get(f"/api/topics/user:{ada.id}").json()

    assert reply["lane"] == "sequenced"
    assert reply["pos"].endswith(":2")
    assert set(reply["image"]) == {
        "achievements",
        "open_evaluations",
        "open_pool_entries",
        "open_slips",
        "open_withdrawals",
        "unread_messages",
        "unread_notifications",
        "wallets",
    }


def test_a_topic_nobody_wrote_to_stands_at_the_beginning_of_an_epoch() -> None:
    from tests.sports.matches import make_event

    event = make_event()
    path = f"/api/topics/event:{event.pk}:incidents"

    first, second = Browser().get(path).json()["pos"], Browser().get(path).json()["pos"]

    assert first == second
    assert first.endswith(":0")
    assert not first.startswith("0:")


def test_a_thread_that_does_not_exist_opens_no_stream() -> None:
    from project.kit.models import StreamHead

    assert Browser().get(f"/api/topics/thread:{new_id()}").status_code == 403
    assert StreamHead.objects.filter(name__startswith="thread:").count() == 0
