"""A person asks the moderators to look at a text."""

from uuid import UUID

from django.db import IntegrityError, transaction

from community.core.texts import clean_text
from community.events import ReportFiled
from community.locks import lock_conversation_of, lock_person, lock_rating, lock_thread, lock_thread_of
from community.models import CommunityPost, Message, PostReply, RatingReview, Report, SubjectType
from community.queries.moderation import describe_reports
from community.streams import MODERATION, ReportFiledChange
from project.kit import clock
from project.kit.errors import AlreadyExists, NotFound, ValidationFailed
from project.kit.events import publish
from project.kit.idempotency import CommandKey
from project.kit.replays import find_made, remember_made
from project.kit.streams import Entry, append

OPEN_REPORT_CONSTRAINT = "community_report_open_"  # the start of the names of the four unique constraints

_LOCK = {
    SubjectType.POST: lock_thread,
    SubjectType.REPLY: lock_thread_of,
    SubjectType.MESSAGE: lock_conversation_of,
    SubjectType.RATING: lock_rating,
}


@transaction.atomic(durable=True)
def file_report(
    *,
    reporter_id: UUID,
    subject_type: SubjectType,
    subject_id: UUID,
    reason: str,
    note: str = "",
    command_key: CommandKey | None = None,
) -> Report:
    """Put a text that the reporter can see into the moderators' queue, as it reads now.

    Raises AlreadyExists while this reporter's last report about it is open, NotFound when it was hidden meanwhile,
    ValidationFailed for one's own text.
    """
    lock_person(reporter_id)
    made_id = find_made(command_key)
    if made_id is not None:
        return Report.objects.get(id=made_id)
    # A moderator hiding the text holds this lock: the report comes first and is resolved with it, or is refused.
    _LOCK[subject_type](subject_id)
    subject = _get_subject(subject_type, subject_id)
    author_id = _get_author_id(subject)
    if subject.is_hidden:
        raise NotFound
    if author_id == reporter_id:
        raise ValidationFailed("You wrote this yourself.")

    report = Report(
        reporter_id=reporter_id,
        subject_type=subject_type,
        subject_author_id=author_id,
        reason=reason,
        note=clean_text(note),
        content_snapshot=_get_snapshot(subject),
        filed_at=clock.now(),
        **{f"{subject_type.value}_id": subject_id},
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError as error:
        if OPEN_REPORT_CONSTRAINT not in str(error):
            raise
        raise AlreadyExists("Your report is already with the moderators.") from error
    remember_made(command_key, report.id)

    publish(ReportFiled(report_id=report.id))
    append(Entry(MODERATION.name_for(), ReportFiledChange(report=describe_reports([report])[0])))
    return report


def _get_subject(subject_type: SubjectType, subject_id: UUID) -> CommunityPost | PostReply | Message | RatingReview:
    if subject_type == SubjectType.RATING:
        return RatingReview.objects.get(id=subject_id)
    if subject_type == SubjectType.POST:
        return CommunityPost.objects.get(id=subject_id)
    if subject_type == SubjectType.REPLY:
        return PostReply.objects.get(id=subject_id)
    return Message.objects.get(id=subject_id)


def _get_author_id(subject: CommunityPost | PostReply | Message | RatingReview) -> UUID | None:
    if isinstance(subject, RatingReview):
        return subject.user_id
    return subject.sender_id if isinstance(subject, Message) else subject.author_id


def _get_snapshot(subject: CommunityPost | PostReply | Message | RatingReview) -> str:
    if isinstance(subject, RatingReview):
        return subject.review
    if isinstance(subject, CommunityPost):
        return f"{subject.title}\n\n{subject.content}"
    return subject.content if isinstance(subject, PostReply) else subject.body
