"""What moderators do: hide a text and put it back, close a report, suspend an author. Each is logged with its reason.

Hiding also blanks the text in every stored change, so that no client that resumes is served it again.
"""

from functools import partial
from uuid import UUID

from django.db import transaction

from accounts.actions.people import suspend_person
from accounts.models import User
from accounts.streams import USER
from community.actions.decisions import (
    Decision,
    check_is,
    get_reason,
    log_decision,
    log_visibility,
    resolve,
    resolve_reports,
    resolved_entry,
)
from community.actions.forum import list_activity_entries
from community.core.moderation_rules import can_suspend
from community.core.redaction import redact_any_reply, redact_message, redact_reply, redact_thread_row
from community.events import MessageHidden, PostHidden
from community.locks import (
    lock_conversation_of,
    lock_inboxes,
    lock_report,
    lock_thread,
    lock_thread_of,
)
from community.models import CommunityPost, Membership, Message, ModerationAction, PostReply, Report, SubjectType
from community.queries.conversations import describe_one_message, list_memberships
from community.queries.forum import describe_one_reply, describe_thread, describe_thread_row
from community.streams import (
    FORUM,
    THREAD,
    THREAD_LIVE,
    MessageHiddenChange,
    MessageRestoredChange,
    ReplyHiddenChange,
    ReplyRestoredChange,
    ThreadHiddenChange,
    ThreadReopenedChange,
    ThreadRestoredChange,
)
from project.kit import bus
from project.kit.errors import Forbidden, NotFound, VersionConflict
from project.kit.events import publish
from project.kit.streams import Entry, append, rewrite_stored

Action = ModerationAction.Action
Status = Report.Status


@transaction.atomic(durable=True)
def hide_post(*, post_id: UUID, decision: Decision) -> CommunityPost:
    """Take a whole thread away from everybody but moderators. Raises VersionConflict when it is hidden already."""
    thread = lock_thread(post_id)
    check_is(thread, is_hidden=False)
    thread.is_hidden = True
    thread.save(update_fields=["is_hidden"])
    resolved = resolve_reports(SubjectType.POST, post_id, Status.ACTIONED, decision)
    log_visibility(Action.HIDE, SubjectType.POST, post_id, decision, resolved)
    topic = THREAD.name_for(thread_id=post_id)
    rewrite_stored(topic, redact_any_reply)
    hidden = ThreadHiddenChange(thread_id=post_id)
    entries = [Entry(topic, hidden)]
    if thread.category_id is not None:
        forum = FORUM.name_for(category=thread.category_id)
        rewrite_stored(forum, partial(redact_thread_row, thread_id=str(post_id)))
        entries.append(Entry(forum, hidden))
    publish(PostHidden(subject_type="post", subject_id=post_id, thread_id=post_id))
    append(*entries, *resolved)
    bus.look_again_on_commit(topics=[THREAD_LIVE.name_for(thread_id=post_id)])
    return thread


@transaction.atomic(durable=True)
def restore_post(*, post_id: UUID, decision: Decision) -> CommunityPost:
    """Put a hidden thread back. Raises VersionConflict when it is not hidden."""
    thread = lock_thread(post_id)
    check_is(thread, is_hidden=True)
    thread.is_hidden = False
    thread.save(update_fields=["is_hidden"])
    resolved = resolve_reports(SubjectType.POST, post_id, Status.RESTORED, decision)
    log_visibility(Action.RESTORE, SubjectType.POST, post_id, decision, resolved)
    entries = [Entry(THREAD.name_for(thread_id=post_id), ThreadReopenedChange(thread=describe_thread(thread)))]
    if thread.category_id is not None:
        restored = ThreadRestoredChange(thread=describe_thread_row(thread))
        entries.append(Entry(FORUM.name_for(category=thread.category_id), restored))
    append(*entries, *resolved)
    return thread


@transaction.atomic(durable=True)
def hide_reply(*, reply_id: UUID, decision: Decision) -> PostReply:
    """Take a reply's text away from everybody but moderators; its number stays. Raises VersionConflict when hidden."""
    thread = lock_thread_of(reply_id)
    reply = PostReply.objects.get(id=reply_id)
    check_is(reply, is_hidden=False)
    resolved = _set_reply_hidden(thread, reply, True, decision)
    topic = THREAD.name_for(thread_id=thread.id)
    rewrite_stored(topic, partial(redact_reply, reply_id=str(reply_id)))
    publish(PostHidden(subject_type="reply", subject_id=reply_id, thread_id=thread.id))
    append(*_list_reply_entries(thread, reply), *resolved)
    return reply


@transaction.atomic(durable=True)
def restore_reply(*, reply_id: UUID, decision: Decision) -> PostReply:
    """Put a hidden reply's text back. Raises VersionConflict when it is not hidden."""
    thread = lock_thread_of(reply_id)
    reply = PostReply.objects.get(id=reply_id)
    check_is(reply, is_hidden=True)
    resolved = _set_reply_hidden(thread, reply, False, decision)
    append(*_list_reply_entries(thread, reply), *resolved)
    return reply


@transaction.atomic(durable=True)
def hide_message(*, message_id: UUID, decision: Decision) -> Message:
    """Take a direct message's text away from both members. Raises VersionConflict when it is hidden already."""
    lock_conversation_of(message_id)
    message = Message.objects.get(id=message_id)
    check_is(message, is_hidden=False)
    members, totals, resolved = _set_message_hidden(message, True, decision)
    publish(
        MessageHidden(
            conversation_id=message.conversation_id,
            message_id=message_id,
            recipient_ids=[member.user_id for member in members if member.user_id != message.sender_id],
        )
    )
    entries = []
    for member in members:
        topic = USER.name_for(user_id=member.user_id)
        rewrite_stored(topic, partial(redact_message, message_id=str(message_id)))
        hidden = MessageHiddenChange(
            conversation_id=message.conversation_id,
            message_id=message_id,
            unread=totals[member.user_id],
            conversation_unread=member.unread,
        )
        entries.append(Entry(topic, hidden))
    append(*entries, *resolved)
    return message


@transaction.atomic(durable=True)
def restore_message(*, message_id: UUID, decision: Decision) -> Message:
    """Put a hidden message back. Raises VersionConflict when it is not hidden."""
    lock_conversation_of(message_id)
    message = Message.objects.get(id=message_id)
    check_is(message, is_hidden=True)
    members, totals, resolved = _set_message_hidden(message, False, decision)
    described = describe_one_message(message)
    entries = [
        Entry(
            USER.name_for(user_id=member.user_id),
            MessageRestoredChange(
                message=described,
                conversation_id=message.conversation_id,
                unread=totals[member.user_id],
                conversation_unread=member.unread,
            ),
        )
        for member in members
    ]
    append(*entries, *resolved)
    return message


@transaction.atomic(durable=True)
def dismiss_report(*, decision: Decision) -> Report:
    """Close one report and leave its subject as it is. Raises VersionConflict when somebody has decided it already."""
    assert decision.report_id is not None, "there is a report to dismiss"
    report = lock_report(decision.report_id)
    if report.status != Status.OPEN:
        raise VersionConflict("This report has been decided already.")
    reason = get_reason(decision)
    resolve(report, Status.DISMISSED, decision)
    log_decision(
        Action.DISMISS,
        ModerationAction.Subject.REPORT,
        report.id,
        decision,
        reason,
        before={"status": Status.OPEN.value},
        after={"status": Status.DISMISSED.value},
    )
    append(resolved_entry(report))
    return report


@transaction.atomic(durable=True)
def suspend_author(*, decision: Decision) -> User:
    """Suspend who wrote the reported text. The report itself stays open: the text still has to be judged.

    Raises Forbidden where `can_suspend` says no, NotFound for a text of the system, VersionConflict when it is done.
    """
    assert decision.report_id is not None, "authors are suspended for something reported"
    report = lock_report(decision.report_id)
    if report.subject_author_id is None:
        raise NotFound
    actor = User.objects.get(id=decision.actor_id)
    author = User.objects.get(id=report.subject_author_id)
    is_same_person = actor.id == author.id
    if not can_suspend(actor_role=actor.role, subject_role=author.role, is_same_person=is_same_person):
        raise Forbidden("You may not suspend this person.")
    if author.status == User.Status.SUSPENDED:
        raise VersionConflict("This person is suspended already.")
    reason = get_reason(decision)
    before = {"status": str(author.status)}
    suspended = suspend_person(user_id=author.id, actor_id=actor.id, reason=reason)
    log_decision(
        Action.SUSPEND,
        ModerationAction.Subject.PERSON,
        author.id,
        decision,
        reason,
        before=before,
        after={"status": str(suspended.status)},
    )
    return suspended


def _set_reply_hidden(thread: CommunityPost, reply: PostReply, is_hidden: bool, decision: Decision) -> list[Entry]:
    reply.is_hidden = is_hidden
    reply.save(update_fields=["is_hidden"])
    thread.reply_count += -1 if is_hidden else 1
    thread.save(update_fields=["reply_count"])
    status = Status.ACTIONED if is_hidden else Status.RESTORED
    resolved = resolve_reports(SubjectType.REPLY, reply.id, status, decision)
    action = Action.HIDE if is_hidden else Action.RESTORE
    log_visibility(action, SubjectType.REPLY, reply.id, decision, resolved)
    return resolved


def _list_reply_entries(thread: CommunityPost, reply: PostReply) -> list[Entry]:
    """What followers hear of a reply hidden or put back. A hidden thread shows none: it tells when it comes back."""
    if thread.is_hidden:
        return []
    change: ReplyHiddenChange | ReplyRestoredChange
    if reply.is_hidden:
        change = ReplyHiddenChange(thread_id=thread.id, reply_id=reply.id, reply_count=thread.reply_count)
    else:
        change = ReplyRestoredChange(reply=describe_one_reply(reply), reply_count=thread.reply_count)
    return [Entry(THREAD.name_for(thread_id=thread.id), change), *list_activity_entries(thread)]


def _set_message_hidden(
    message: Message, is_hidden: bool, decision: Decision
) -> tuple[list[Membership], dict[UUID, int], list[Entry]]:
    """Change the flag, and the counts of members who have not read it. Returns members, their totals, queue entries."""
    members = list_memberships(message.conversation_id)
    message.is_hidden = is_hidden
    message.save(update_fields=["is_hidden"])
    status = Status.ACTIONED if is_hidden else Status.RESTORED
    resolved = resolve_reports(SubjectType.MESSAGE, message.id, status, decision)
    inboxes = lock_inboxes(member.user_id for member in members)
    step = -1 if is_hidden else 1
    for member in members:
        if member.user_id != message.sender_id and member.last_read_seq < message.seq:
            member.unread += step
            member.save(update_fields=["unread"])
            inboxes[member.user_id].unread += step
            inboxes[member.user_id].save(update_fields=["unread"])
    action = Action.HIDE if is_hidden else Action.RESTORE
    log_visibility(action, SubjectType.MESSAGE, message.id, decision, resolved)
    return members, {user_id: inbox.unread for user_id, inbox in inboxes.items()}, resolved
