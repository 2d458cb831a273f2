"""The report button: one open report per person and text, with the text as it was."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from community.actions.conversations import send_message
from community.actions.decisions import Decision
from community.actions.forum import post_reply, post_thread
from community.actions.moderation import dismiss_report, hide_reply
from community.actions.reports import file_report
from community.models import CommunityPost, Conversation, Report, SubjectType
from project.kit.errors import AlreadyExists, NotFound, ValidationFailed
from project.kit.idempotency import CommandKey
from project.kit.models import OutboxChange, RecordedEvent


def test_a_report_keeps_the_text_and_reaches_the_queue(thread: CommunityPost, ben: User, cleo: User) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="Buy **now**")

    report = file_report(
        reporter_id=cleo.id, subject_type=SubjectType.REPLY, subject_id=reply.id, reason="spam", note=" look "
    )

    assert (report.content_snapshot, report.note, report.status) == ("Buy **now**", "look", "open")
    assert (report.subject_id, report.subject_author_id) == (reply.id, ben.id)
    [change] = OutboxChange.objects.filter(stream="moderation:queue")
    assert change.payload == {
        "type": "report.filed",
        "report": {
            "id": str(report.id),
            "subject_type": "reply",
            "subject_id": str(reply.id),
            "thread_id": str(thread.id),
            "strategy_id": None,
            "author": {"id": str(ben.id), "username": "ben", "display_name": "ben"},
            "reporter": {"id": str(cleo.id), "username": "cleo", "display_name": "cleo"},
            "reason": "spam",
            "note": "look",
            "content_snapshot": "Buy **now**",
            "status": "open",
            "filed_at": report.filed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
    }
    assert RecordedEvent.objects.get(type="community.report_filed").payload["report_id"] == str(report.id)


def test_threads_and_messages_are_reported_too(
    thread: CommunityPost, conversation: Conversation, ada: User, ben: User
) -> None:
    message = send_message(conversation_id=conversation.id, sender_id=ada.id, body="rude")

    about_thread = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="abuse")
    about_message = file_report(
        reporter_id=ben.id, subject_type=SubjectType.MESSAGE, subject_id=message.id, reason="abuse"
    )

    assert about_thread.content_snapshot == "Late goals\n\nLook at *stoppage* time."
    assert about_message.content_snapshot == "rude"


def test_one_open_report_per_person_and_text(thread: CommunityPost, ben: User, cleo: User, decision: Decision) -> None:
    first = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")

    with pytest.raises(AlreadyExists):
        file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="abuse")
    assert Report.objects.count() == 1
    assert OutboxChange.objects.filter(stream="moderation:queue").count() == 1

    file_report(reporter_id=cleo.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")
    dismiss_report(decision=Decision(decision.actor_id, "fine", first.id))
    file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")
    assert Report.objects.count() == 3


def test_the_same_key_reports_once(thread: CommunityPost, ben: User) -> None:
    key = CommandKey(ben.id, "key", "print")
    made = {
        file_report(
            reporter_id=ben.id,
            subject_type=SubjectType.POST,
            subject_id=thread.id,
            reason="spam",
            command_key=key,
        ).id
        for _ in range(2)
    }

    assert len(made) == 1


def test_ones_own_text_is_not_reported(thread: CommunityPost, ada: User) -> None:
    with pytest.raises(ValidationFailed):
        file_report(reporter_id=ada.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")
    assert Report.objects.count() == 0


def test_a_hidden_text_is_not_reported(thread: CommunityPost, ben: User, cleo: User, decision: Decision) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="x")
    hide_reply(reply_id=reply.id, decision=decision)

    with pytest.raises(NotFound):
        file_report(reporter_id=cleo.id, subject_type=SubjectType.REPLY, subject_id=reply.id, reason="spam")
    assert Report.objects.count() == 0


def test_the_database_refuses_a_report_about_two_things(thread: CommunityPost, ben: User) -> None:
    reply = post_reply(thread_id=thread.id, author_id=ben.id, content="x")
    report = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")

    with pytest.raises(IntegrityError, match="community_report_one_subject"), transaction.atomic():
        Report.objects.filter(id=report.id).update(reply=reply)


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_file_one_report(ada: User, ben: User) -> None:
    thread = post_thread(author_id=ada.id, category="tips", title="Busy", content="text")

    def click(_: int) -> bool:
        try:
            file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread.id, reason="spam")
        except AlreadyExists:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=10) as pool:
        filed = list(pool.map(click, range(10)))

    assert filed.count(True) == 1
    assert Report.objects.count() == 1
