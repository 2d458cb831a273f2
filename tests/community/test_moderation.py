"""Decisions of moderators: what they change, whom they tell, what they log, and what they refuse."""

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from accounts.streams import USER
from community.actions.conversations import mark_read, send_message
from community.actions.decisions import Decision
from community.actions.forum import post_reply, post_thread
from community.actions.moderation import (
    dismiss_report,
    hide_message,
    hide_post,
    hide_reply,
    restore_message,
    restore_post,
    restore_reply,
    suspend_author,
)
from community.actions.reports import file_report
from community.models import CommunityPost, Conversation, Inbox, Membership, ModerationAction, Report, SubjectType
from project.kit.errors import Forbidden, ValidationFailed, VersionConflict
from project.kit.models import OutboxChange, RecordedEvent
from tests.people import make_person


def _last(stream: str) -> dict[str, object]:
    payload: dict[str, object] = OutboxChange.objects.filter(stream=stream).latest("seq").payload
    return payload


def _log() -> list[tuple[object, ...]]:
    rows = ModerationAction.objects.order_by("id")
    return list(rows.values_list("action", "subject_type", "subject_id", "reason", "before", "after"))


def test_hiding_a_reply_takes_it_away_and_answers_its_reports(
    thread: CommunityPost, ben: User, cleo: User, ada: User, decision: Decision
) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="bad")
    for reporter in (ada, cleo):
        file_report(reporter_id=reporter.id, subject_type=SubjectType.REPLY, subject_id=reply.id, reason="abuse")

    hide_reply(reply_id=reply.id, decision=decision)

    reply.refresh_from_db()
    thread.refresh_from_db()
    assert (reply.is_hidden, thread.reply_count, thread.last_reply_seq) == (True, 0, 1)
    assert _last(f"thread:{thread.id}") == {
        "type": "reply.hidden",
        "thread_id": str(thread.id),
        "reply_id": str(reply.id),
        "reply_count": 0,
    }
    assert _last("forum:tips")["type"] == "thread.active"
    assert _last("forum:tips")["reply_count"] == 0
    assert set(Report.objects.values_list("status", "resolved_by")) == {("actioned", decision.actor_id)}
    resolved = OutboxChange.objects.filter(stream="moderation:queue", payload__type="report.resolved")
    assert [change.payload["status"] for change in resolved] == ["actioned", "actioned"]
    assert _log() == [
        (
            "hide",
            "reply",
            reply.id,
            "Breaks the house rules.",
            {"is_hidden": False},
            {"is_hidden": True, "reports_decided": 2},
        )
    ]
    fact = RecordedEvent.objects.get(type="community.post_hidden").payload
    assert (fact["subject_type"], fact["subject_id"], fact["thread_id"]) == ("reply", str(reply.id), str(thread.id))


def test_restoring_a_reply_brings_it_back_with_its_text(
    thread: CommunityPost, ben: User, ada: User, decision: Decision
) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="good after all")
    file_report(reporter_id=ada.id, subject_type=SubjectType.REPLY, subject_id=reply.id, reason="abuse")
    hide_reply(reply_id=reply.id, decision=decision)

    restore_reply(reply_id=reply.id, decision=decision)

    change = _last(f"thread:{thread.id}")
    assert (change["type"], change["reply_count"]) == ("reply.restored", 1)
    assert change["reply"]["content_html"] == "<p>good after all</p>"  # type: ignore[index]  # plain JSON
    assert Report.objects.get().status == "restored"
    assert [entry[0] for entry in _log()] == ["hide", "restore"]


def test_hiding_a_thread_tells_its_readers_and_its_category(thread: CommunityPost, decision: Decision) -> None:
    hide_post(post_id=thread.id, decision=decision)

    expected = {"type": "thread.hidden", "thread_id": str(thread.id)}
    assert _last(f"thread:{thread.id}") == expected
    assert _last("forum:tips") == expected

    restore_post(post_id=thread.id, decision=decision)
    assert _last(f"thread:{thread.id}")["type"] == "thread.reopened"
    assert _last(f"thread:{thread.id}")["thread"]["title"] == "Late goals"  # type: ignore[index]  # plain JSON
    assert _last("forum:tips")["type"] == "thread.restored"
    assert [entry[:2] for entry in _log()] == [("hide", "post"), ("restore", "post")]


def test_hiding_an_unread_message_takes_it_out_of_the_counts(
    conversation: Conversation, ada: User, ben: User, decision: Decision
) -> None:
    first = send_message(conversation_id=conversation.id, sender_id=ada.id, body="one")
    second = send_message(conversation_id=conversation.id, sender_id=ada.id, body="two")
    mark_read(conversation_id=conversation.id, reader_id=ben.id, seq=1)

    hide_message(message_id=second.id, decision=decision)

    assert (Membership.objects.get(user=ben).unread, Inbox.objects.get(user=ben).unread) == (0, 0)
    hidden = {"type": "message.hidden", "conversation_id": str(conversation.id), "message_id": str(second.id)}
    for user in (ada, ben):
        assert _last(USER.name_for(user_id=user.id)) == hidden | {"unread": 0, "conversation_unread": 0}

    hide_message(message_id=first.id, decision=decision)
    assert Membership.objects.get(user=ben).unread == 0

    restore_message(message_id=second.id, decision=decision)
    assert (Membership.objects.get(user=ben).unread, Inbox.objects.get(user=ben).unread) == (1, 1)
    change = _last(USER.name_for(user_id=ben.id))
    assert (change["type"], change["unread"]) == ("message.restored", 1)


def test_deciding_twice_is_refused_and_changes_nothing(
    thread: CommunityPost, conversation: Conversation, ada: User, ben: User, decision: Decision
) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="bad")
    message = send_message(conversation_id=conversation.id, sender_id=ada.id, body="bad")
    hide_reply(reply_id=reply.id, decision=decision)
    hide_message(message_id=message.id, decision=decision)
    hide_post(post_id=thread.id, decision=decision)
    before = (OutboxChange.objects.count(), ModerationAction.objects.count())

    with pytest.raises(VersionConflict):
        hide_reply(reply_id=reply.id, decision=decision)
    with pytest.raises(VersionConflict):
        hide_message(message_id=message.id, decision=decision)
    with pytest.raises(VersionConflict):
        hide_post(post_id=thread.id, decision=decision)

    assert (OutboxChange.objects.count(), ModerationAction.objects.count()) == before


def test_dismissing_closes_one_report_and_leaves_the_text(
    thread: CommunityPost, ben: User, cleo: User, mod: User
) -> None:
    mine = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")
    other = file_report(reporter_id=cleo.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")

    dismiss_report(decision=Decision(mod.id, "Not spam.", mine.id))

    mine.refresh_from_db()
    other.refresh_from_db()
    thread.refresh_from_db()
    assert (mine.status, mine.resolved_by_id, other.status, thread.is_hidden) == ("dismissed", mod.id, "open", False)
    assert _last("moderation:queue") == {"type": "report.resolved", "report_id": str(mine.id), "status": "dismissed"}
    assert _log() == [
        ("dismiss", "report", mine.id, "Not spam.", {"status": "open"}, {"status": "dismissed"}),
    ]
    with pytest.raises(VersionConflict):
        dismiss_report(decision=Decision(mod.id, "again", mine.id))
    assert ModerationAction.objects.count() == 1


def test_suspending_the_author_ends_their_access_and_is_logged(
    thread: CommunityPost, ben: User, ada: User, mod: User
) -> None:
    report = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="abuse")

    suspend_author(decision=Decision(mod.id, "Third time.", report.id))

    ada.refresh_from_db()
    report.refresh_from_db()
    assert (ada.status, ada.is_active, report.status) == ("suspended", False, "open")
    assert _log() == [
        ("suspend", "person", ada.id, "Third time.", {"status": "active"}, {"status": "suspended"}),
    ]
    with pytest.raises(VersionConflict):
        suspend_author(decision=Decision(mod.id, "again", report.id))
    assert ModerationAction.objects.count() == 1


@pytest.mark.parametrize("role", ["ADMIN", "FINANCE", "MODERATOR"])
def test_a_moderator_does_not_suspend_staff(ben: User, mod: User, role: str) -> None:
    boss = make_person("boss", role)
    thread = post_thread(author_id=boss.id, category="tips", title="Rules", content="Read them.")
    report = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="other")

    with pytest.raises(Forbidden):
        suspend_author(decision=Decision(mod.id, "Do not like it.", report.id))

    boss.refresh_from_db()
    assert boss.status == "active"
    assert ModerationAction.objects.count() == 0


def test_a_decision_needs_a_reason(thread: CommunityPost, mod: User) -> None:
    with pytest.raises(ValidationFailed):
        hide_post(post_id=thread.id, decision=Decision(mod.id, "  "))

    thread.refresh_from_db()
    assert not thread.is_hidden
    assert ModerationAction.objects.count() == 0


def test_the_log_is_never_changed(thread: CommunityPost, decision: Decision) -> None:
    hide_post(post_id=thread.id, decision=decision)

    for attempt in (
        lambda: ModerationAction.objects.update(reason="nicer"),
        lambda: ModerationAction.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    assert ModerationAction.objects.get().reason == "Breaks the house rules."
