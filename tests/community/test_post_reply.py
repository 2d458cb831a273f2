"""Replying: numbered without a gap, announced on the thread and in its category, once per key."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import User
from community.actions.decisions import Decision
from community.actions.forum import mark_thread_read, open_event_thread, post_reply, post_thread
from community.actions.moderation import hide_post
from community.models import CommunityPost, PostReply, ReadMark
from community.queries.forum import count_unread_replies
from project.kit.errors import NotFound
from project.kit.idempotency import CommandKey
from project.kit.models import OutboxChange
from sports.models import Event


def test_a_reply_is_announced_on_the_thread_and_in_its_category(thread: CommunityPost, ben: User) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="I *agree*")

    thread.refresh_from_db()
    assert (reply.seq, thread.last_reply_seq, thread.reply_count, thread.last_activity_at) == (1, 1, 1, reply.posted_at)
    posted_at = reply.posted_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    [posted] = OutboxChange.objects.filter(stream=f"thread:{thread.id}")
    assert posted.payload == {
        "type": "reply.posted",
        "reply": {
            "id": str(reply.id),
            "seq": 1,
            "author": {"id": str(ben.id), "username": "ben", "display_name": "ben"},
            "content_html": "<p>I <em>agree</em></p>",
            "posted_at": posted_at,
            "is_hidden": False,
        },
        "reply_count": 1,
        "last_activity_at": posted_at,
    }
    active = OutboxChange.objects.filter(stream="forum:tips").latest("seq")
    assert active.payload == {
        "type": "thread.active",
        "thread_id": str(thread.id),
        "reply_count": 1,
        "last_activity_at": posted_at,
    }


def test_a_reply_to_an_event_thread_is_in_no_category(event: Event, ada: User) -> None:
    thread = open_event_thread(event_id=event.id, title=event.name)
    post_reply(thread_id=thread.id, author_id=ada.id, content="goal!")

    assert list(OutboxChange.objects.values_list("stream", flat=True)).count(f"thread:{thread.id}") == 1
    assert not OutboxChange.objects.filter(stream__startswith="forum:").exists()


def test_the_same_key_replies_once(thread: CommunityPost, ben: User) -> None:
    key = CommandKey(ben.id, "key", "print")
    first = post_reply(thread_id=thread.id, author_id=ben.id, content="once", command_key=key)
    again = post_reply(thread_id=thread.id, author_id=ben.id, content="once", command_key=key)

    assert first.id == again.id
    assert PostReply.objects.count() == 1


def test_a_hidden_thread_takes_no_reply(thread: CommunityPost, ben: User, decision: Decision) -> None:
    hide_post(post_id=thread.id, decision=decision)

    with pytest.raises(NotFound):
        post_reply(thread_id=thread.id, author_id=ben.id, content="still here?")
    assert PostReply.objects.count() == 0


def test_unread_counts_what_others_wrote_after_the_mark(thread: CommunityPost, ada: User, ben: User) -> None:
    for author in (ben, ada, ben):
        post_reply(thread_id=thread.id, author_id=author.id, content="text")

    assert count_unread_replies([thread.id], reader_id=ada.id) == {thread.id: 2}
    mark_thread_read(thread_id=thread.id, reader_id=ada.id, seq=1)
    assert count_unread_replies([thread.id], reader_id=ada.id) == {thread.id: 1}
    mark_thread_read(thread_id=thread.id, reader_id=ada.id, seq=99)
    mark_thread_read(thread_id=thread.id, reader_id=ada.id, seq=0)
    assert ReadMark.objects.get(user=ada).last_read_seq == 3
    assert count_unread_replies([thread.id], reader_id=ada.id) == {}


@pytest.mark.django_db(transaction=True)
def test_ten_repliers_at_once_leave_no_gap(ada: User, ben: User) -> None:
    thread = post_thread(author_id=ada.id, category="tips", title="Busy", content="text")

    def reply_thrice(author_id: UUID) -> None:
        try:
            for _ in range(3):
                post_reply(thread_id=thread.id, author_id=author_id, content="text")
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        list(pool.map(reply_thrice, [ada.id, ben.id] * 5))

    assert list(PostReply.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 31))
    thread.refresh_from_db()
    assert (thread.last_reply_seq, thread.reply_count) == (30, 30)
