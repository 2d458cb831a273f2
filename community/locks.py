"""Row locks of the community in their order: person (advisory), conversation, thread or rating, reports, inboxes.

Stream heads come after all of these, inside `append`. The weaker row lock (`no_key`) still admits one holder and does
not hold up inserts that only point at the row.
"""

from collections.abc import Iterable
from uuid import UUID

from community.models import CommunityPost, Conversation, Inbox, Message, PostReply, RatingReview, Report, SubjectType
from project.kit.errors import NotFound
from project.kit.locks import lock_exclusive


def lock_person(user_id: UUID) -> None:
    """Serialise what one person creates where there is no row to lock yet."""
    lock_exclusive("user", user_id)


def lock_conversation(conversation_id: UUID) -> Conversation:
    """The conversation, locked: its numbers are ours until commit. Raises NotFound."""
    found = Conversation.objects.select_for_update(no_key=True).filter(id=conversation_id).first()
    if found is None:
        raise NotFound
    return found


def lock_conversation_of_pair(pair_key: str) -> Conversation | None:
    """The conversation of two people, locked, or None when they never opened one."""
    return Conversation.objects.select_for_update(no_key=True).filter(pair_key=pair_key).first()


def lock_conversation_of(message_id: UUID) -> Conversation:
    """The conversation a message belongs to, locked. Raises NotFound."""
    conversation_id = Message.objects.filter(id=message_id).values_list("conversation_id", flat=True).first()
    if conversation_id is None:
        raise NotFound
    return lock_conversation(conversation_id)


def lock_thread(thread_id: UUID) -> CommunityPost:
    """The thread, locked: its reply numbers are ours until commit. Raises NotFound."""
    found = CommunityPost.objects.select_for_update(no_key=True).filter(id=thread_id).first()
    if found is None:
        raise NotFound
    return found


def lock_thread_of(reply_id: UUID) -> CommunityPost:
    """The thread a reply belongs to, locked. Raises NotFound."""
    thread_id = PostReply.objects.filter(id=reply_id).values_list("post_id", flat=True).first()
    if thread_id is None:
        raise NotFound
    return lock_thread(thread_id)


def lock_rating(rating_id: UUID) -> RatingReview:
    """The rating, locked; where it is of a strategy, whoever changes it locks the strategy first. Raises NotFound."""
    found = RatingReview.objects.select_for_update(no_key=True).filter(id=rating_id).first()
    if found is None:
        raise NotFound
    return found


def lock_report(report_id: UUID) -> Report:
    """The report, locked. Raises NotFound."""
    found = Report.objects.select_for_update(no_key=True).filter(id=report_id).first()
    if found is None:
        raise NotFound
    return found


def lock_reports_about(subject_type: SubjectType, subject_id: UUID) -> list[Report]:
    """Every report about one subject, locked in the order of their ids."""
    about = Report.objects.filter(**{f"{subject_type.value}_id": subject_id})
    return list(about.select_for_update(no_key=True).order_by("id"))


def lock_inboxes(user_ids: Iterable[UUID]) -> dict[UUID, Inbox]:
    """The inboxes of these people, made where missing, locked in the order of their ids."""
    wanted = sorted(set(user_ids))
    found = {inbox.user_id: inbox for inbox in _lock_existing_inboxes(wanted)}
    if len(found) < len(wanted):
        Inbox.objects.bulk_create([Inbox(user_id=user_id) for user_id in wanted], ignore_conflicts=True)
        found = {inbox.user_id: inbox for inbox in _lock_existing_inboxes(wanted)}
    return found


def _lock_existing_inboxes(user_ids: list[UUID]) -> list[Inbox]:
    return list(Inbox.objects.filter(user_id__in=user_ids).order_by("user_id").select_for_update(no_key=True))
