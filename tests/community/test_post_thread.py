"""Opening threads, by people and by the system for events."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from community.actions.forum import open_event_thread, post_thread
from community.models import CommunityPost
from project.kit.errors import ValidationFailed
from project.kit.idempotency import CommandKey
from project.kit.models import OutboxChange, RecordedEvent
from sports.models import Event


def test_a_thread_is_stored_rendered_and_announced(ada: User, event: Event) -> None:
    thread = post_thread(
        author_id=ada.id, category="tips", title="  Late \n goals ", content="**Back** it", event_id=event.id
    )

    assert (thread.title, thread.content, thread.content_html) == (
        "Late goals",
        "**Back** it",
        "<p><strong>Back</strong> it</p>",
    )
    assert (thread.reply_count, thread.last_reply_seq, thread.is_event_thread) == (0, 0, False)
    [change] = OutboxChange.objects.filter(stream="forum:tips")
    posted_at = thread.posted_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert change.payload == {
        "type": "thread.posted",
        "thread": {
            "id": str(thread.id),
            "title": "Late goals",
            "category": "tips",
            "event_id": str(event.id),
            "author": {"id": str(ada.id), "username": "ada", "display_name": "ada"},
            "posted_at": posted_at,
            "reply_count": 0,
            "last_activity_at": posted_at,
            "is_hidden": False,
            "unread": None,
        },
    }
    [fact] = RecordedEvent.objects.filter(type="community.thread_posted")
    assert fact.payload["thread_id"] == str(thread.id)


def test_the_same_key_opens_one_thread(ada: User) -> None:
    key = CommandKey(ada.id, "key", "print")
    first = post_thread(author_id=ada.id, category="tips", title="Once", content="only", command_key=key)
    again = post_thread(author_id=ada.id, category="tips", title="Once", content="only", command_key=key)

    assert first.id == again.id
    assert CommunityPost.objects.count() == 1


@pytest.mark.parametrize(
    ("title", "content", "pointer", "code"),
    [
        ("   ", "text", "/title", "blank"),
        (" a ", "text", "/title", "too_short"),
        ("Title", "\u200b", "/content", "blank"),
    ],
)
def test_what_nobody_could_read_is_refused(ada: User, title: str, content: str, pointer: str, code: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        post_thread(author_id=ada.id, category="tips", title=title, content=content)

    faults: Any = refusal.value.extra["errors"]
    assert [(fault["pointer"], fault["code"]) for fault in faults] == [(pointer, code)]
    assert CommunityPost.objects.count() == 0
    assert OutboxChange.objects.count() == 0


def test_an_event_has_one_thread_of_its_own(ada: User, event: Event) -> None:
    post_thread(author_id=ada.id, category="tips", title="About it", content="text", event_id=event.id)
    first = open_event_thread(event_id=event.id, title=event.name)
    again = open_event_thread(event_id=event.id, title=event.name)

    assert first.id == again.id
    assert (first.title, first.author_id, first.category_id, first.is_event_thread) == (
        "Alpha v Beta",
        None,
        None,
        True,
    )
    assert CommunityPost.objects.filter(event=event).count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_first_visitors_make_one_event_thread(transactional_db: None, event: Event) -> None:
    def open_one(_: int) -> UUID:
        try:
            return open_event_thread(event_id=event.id, title=event.name).id
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        made = set(pool.map(open_one, range(10)))

    assert len(made) == 1
    assert CommunityPost.objects.count() == 1


def test_the_database_refuses_a_thread_of_nobody(db: None) -> None:
    thread = CommunityPost(title="x", category_id="tips", posted_at="2026-01-01T00:00Z", updated_at="2026-01-01T00:00Z")
    thread.last_activity_at = thread.posted_at

    with pytest.raises(IntegrityError, match="community_post_made_by_person_or_system"), transaction.atomic():
        thread.save()


def test_a_title_that_grows_when_normalised_is_refused(ada: User) -> None:
    letter_of_two = "\u0958"  # its normal form is a letter and a dot

    with pytest.raises(ValidationFailed) as refused:
        post_thread(author_id=ada.id, category="tips", title=letter_of_two * 140, content="Text")

    assert refused.value.extra["errors"] == [
        {"pointer": "/title", "code": "too_long", "message": "Write at most 140 characters."}
    ]
    assert CommunityPost.objects.count() == 0
