"""The pure rules: pairs, read positions, who may suspend whom, and what a redaction leaves."""

from uuid import UUID

import pytest

from community.core.direct_rules import Blocks, next_read_position, pair_key
from community.core.moderation_rules import can_suspend
from community.core.redaction import (
    redact_any_reply,
    redact_message,
    redact_reply,
    redact_thread_row,
)

LOW = UUID(int=1)
HIGH = UUID(int=2)


def test_a_pair_has_one_key_whoever_asks() -> None:
    assert pair_key(HIGH, LOW) == pair_key(LOW, HIGH) == f"{LOW}:{HIGH}"


@pytest.mark.parametrize(("current", "asked", "expected"), [(0, 3, 3), (3, 1, 3), (2, 99, 5), (5, 5, 5)])
def test_a_read_position_only_moves_forward_within_the_conversation(current: int, asked: int, expected: int) -> None:
    assert next_read_position(current=current, asked=asked, last_seq=5) == expected


@pytest.mark.parametrize(("by_me", "by_them"), [(True, False), (False, True), (True, True)])
def test_one_block_closes_both_ways(by_me: bool, by_them: bool) -> None:
    assert Blocks(by_me=by_me, by_them=by_them).is_closed
    assert not Blocks().is_closed


@pytest.mark.parametrize(
    ("actor", "subject", "expected"),
    [
        ("MODERATOR", "END_USER", True),
        ("MODERATOR", "ML_ENGINEER", True),
        ("MODERATOR", "MODERATOR", False),
        ("MODERATOR", "FINANCE", False),
        ("MODERATOR", "ADMIN", False),
        ("ADMIN", "MODERATOR", True),
        ("ADMIN", "ADMIN", False),
        ("END_USER", "END_USER", False),
        ("FINANCE", "END_USER", False),
    ],
)
def test_who_may_suspend_whom(actor: str, subject: str, expected: bool) -> None:
    assert can_suspend(actor_role=actor, subject_role=subject, is_same_person=False) is expected
    assert not can_suspend(actor_role=actor, subject_role=subject, is_same_person=True)


def test_a_redacted_reply_keeps_everything_but_its_text() -> None:
    change = {"type": "reply.posted", "reply": {"id": "r1", "seq": 1, "content_html": "<p>x</p>", "is_hidden": False}}

    assert redact_reply(change, "r1") == {
        "type": "reply.posted",
        "reply": {"id": "r1", "seq": 1, "content_html": "", "is_hidden": True},
    }
    assert redact_reply(change, "r2") is None
    assert change["reply"]["content_html"] == "<p>x</p>"  # type: ignore[index]  # the change itself stays


def test_a_reply_inside_a_whole_thread_is_redacted_too() -> None:
    replies = [{"id": "r1", "content_html": "a"}, {"id": "r2", "content_html": "b"}]
    change = {"type": "thread.reopened", "thread": {"id": "t1", "replies": replies}}

    assert redact_reply(change, "r2") == {
        "type": "thread.reopened",
        "thread": {
            "id": "t1",
            "replies": [{"id": "r1", "content_html": "a"}, {"id": "r2", "content_html": "", "is_hidden": True}],
        },
    }


def test_hiding_a_thread_redacts_all_it_carried() -> None:
    reply = {"type": "reply.posted", "reply": {"id": "r1", "content_html": "a", "is_hidden": False}}
    whole = {"type": "thread.reopened", "thread": {"id": "t1", "title": "T", "content_html": "c", "replies": [1]}}

    assert redact_any_reply(reply) == {
        "type": "reply.posted",
        "reply": {"id": "r1", "content_html": "", "is_hidden": True},
    }
    assert redact_any_reply(whole) == {
        "type": "thread.reopened",
        "thread": {
            "id": "t1",
            "title": "",
            "content_html": "",
            "replies": [],
            "reply_count": 0,
            "is_hidden": True,
        },
    }
    assert redact_any_reply({"type": "reply.hidden", "reply_id": "r1"}) is None


def test_rows_and_messages_are_redacted_by_id() -> None:
    row = {"type": "thread.posted", "thread": {"id": "t1", "title": "T", "is_hidden": False}}
    message = {"type": "message.received", "message": {"id": "m1", "body": "b", "body_html": "h", "is_hidden": False}}

    assert redact_thread_row(row, "t1") == {
        "type": "thread.posted",
        "thread": {"id": "t1", "title": "", "is_hidden": True},
    }
    assert redact_thread_row(row, "t2") is None
    assert redact_message(message, "m1") == {
        "type": "message.received",
        "message": {"id": "m1", "body": "", "body_html": "", "is_hidden": True},
    }
    assert redact_message(message, "m2") is None
