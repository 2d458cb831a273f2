"""Reads for moderators: the open reports, oldest first, and how many there are."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from community.models import CommunityPost, Message, PostReply, RatingReview, Report
from community.queries.people import describe_named
from community.schemas import QueuedReportReply

QUEUE_IMAGE_REPORTS: Final = 100  # the oldest hundred are a day's work; more than that is a staffing question


def count_open_reports() -> int:
    """Reports nobody has decided yet."""
    return Report.objects.filter(status=Report.Status.OPEN).count()


def list_open_reports(limit: int = QUEUE_IMAGE_REPORTS) -> list[QueuedReportReply]:
    """The open reports, the one that waits longest first."""
    reports = (
        Report.objects.filter(status=Report.Status.OPEN).select_related("reply", "rating").order_by("filed_at", "id")
    )
    return describe_reports(list(reports[:limit]))


def describe_reports(reports: Sequence[Report]) -> list[QueuedReportReply]:
    """Reports with the people they name."""
    people = describe_named(user_id for report in reports for user_id in (report.reporter_id, report.subject_author_id))
    return [
        QueuedReportReply.model_validate(
            {
                "id": report.id,
                "subject_type": report.subject_type,
                "subject_id": report.subject_id,
                "thread_id": find_thread_id(report),
                "strategy_id": report.rating.strategy_id if report.rating else None,
                "author": people[report.subject_author_id] if report.subject_author_id else None,
                "reporter": people[report.reporter_id],
                "reason": report.reason,
                "note": report.note,
                "content_snapshot": report.content_snapshot,
                "status": report.status,
                "filed_at": report.filed_at,
            }
        )
        for report in reports
    ]


def find_thread_id(report: Report) -> UUID | None:
    """The thread where the reported text stands, if it does in one."""
    if report.reply:
        return report.reply.post_id
    return report.rating.post_id if report.rating else report.post_id


def get_subject(report: Report) -> CommunityPost | PostReply | Message | RatingReview:
    """The thread, reply, message or rating a report is about."""
    subject = report.post or report.reply or report.message or report.rating
    assert subject is not None, "the database keeps exactly one subject"
    return subject
