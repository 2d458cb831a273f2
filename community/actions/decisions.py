"""What every decision of a moderator has in common: who and why, the reports it answers, and the log."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from community.actions.texts import get_visible_line
from community.core.texts import REASON_CHARS_MAX
from community.locks import lock_reports_about
from community.models import CommunityPost, Message, ModerationAction, PostReply, RatingReview, Report, SubjectType
from community.streams import MODERATION, ReportResolvedChange
from project.kit import clock
from project.kit.errors import VersionConflict
from project.kit.streams import Entry

Action = ModerationAction.Action
Status = Report.Status


@dataclass(frozen=True)
class Decision:
    """Who decides, why, and which report led there."""

    actor_id: UUID
    reason: str
    report_id: UUID | None = None


def check_is(subject: CommunityPost | PostReply | Message | RatingReview, *, is_hidden: bool) -> None:
    """Raises VersionConflict where it is the other way round already."""
    if subject.is_hidden != is_hidden:
        raise VersionConflict("It is hidden already." if subject.is_hidden else "It is not hidden.")


def resolve_reports(subject_type: SubjectType, subject_id: UUID, status: Status, decision: Decision) -> list[Entry]:
    """Give every report the decision answers its status: the open ones, and on restoring those that led to hiding."""
    answered = {Status.OPEN.value} | ({Status.ACTIONED.value} if status == Status.RESTORED else set())
    reports = [report for report in lock_reports_about(subject_type, subject_id) if report.status in answered]
    for report in reports:
        resolve(report, status, decision)
    return [resolved_entry(report) for report in reports]


def resolve(report: Report, status: Status, decision: Decision) -> None:
    report.status = status
    report.resolved_at = clock.now()
    report.resolved_by_id = decision.actor_id
    report.save(update_fields=["status", "resolved_at", "resolved_by"])


def resolved_entry(report: Report) -> Entry:
    change = ReportResolvedChange.model_validate(
        {"type": "report.resolved", "report_id": report.id, "status": str(report.status)}
    )
    return Entry(MODERATION.name_for(), change)


def log_visibility(
    action: Action, subject_type: SubjectType, subject_id: UUID, decision: Decision, resolved: list[Entry]
) -> None:
    is_hidden = action == Action.HIDE
    log_decision(
        action,
        ModerationAction.Subject(subject_type.value),
        subject_id,
        decision,
        get_reason(decision),
        before={"is_hidden": not is_hidden},
        after={"is_hidden": is_hidden, "reports_decided": len(resolved)},
    )


def log_decision(
    action: Action,
    subject_type: ModerationAction.Subject,
    subject_id: UUID,
    decision: Decision,
    reason: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    ModerationAction.objects.create(
        actor_id=decision.actor_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        report_id=decision.report_id,
        reason=reason,
        before=before,
        after=after,
        created_at=clock.now(),
    )


def get_reason(decision: Decision) -> str:
    return get_visible_line(decision.reason, pointer="/reason")[:REASON_CHARS_MAX]
