"""The report button. What becomes of a report is decided in the admin."""

from typing import Final

from django.http import HttpRequest
from ninja import Router, Status

from community.access import get_reportable
from community.actions.reports import file_report as file_report_action
from community.models import Report, SubjectType
from community.schemas import FileReportCommand, ReportReply
from project.kit.callers import Caller, require_user
from project.kit.http import IdempotencyKey, caller_of
from project.kit.idempotency import CommandKey, fingerprint
from project.kit.throttles import check_rate

REPORTS_PER_HOUR: Final = 30  # more than an honest reader finds, few enough that nobody can bury the queue

router = Router(tags=["reports"])


def file_report(caller: Caller, command: FileReportCommand, key: str) -> ReportReply:
    """Ask the moderators to look at a text."""
    user_id = require_user(caller)
    subject = get_reportable(caller, SubjectType(command.subject_type), command.subject_id)
    check_rate(f"reports:{user_id}", limit=REPORTS_PER_HOUR, per_s=3_600)
    report = file_report_action(
        reporter_id=user_id,
        subject_type=subject.subject_type,
        subject_id=subject.subject_id,
        reason=command.reason,
        note=command.note,
        command_key=CommandKey(user_id, key, fingerprint("file_report", command)),
    )
    return _receipt(report)


@router.post("/reports", response={201: ReportReply})
def file_report_view(request: HttpRequest, command: FileReportCommand, key: IdempotencyKey) -> Status[ReportReply]:
    """Report a thread, a reply or a message. Needs an Idempotency-Key."""
    caller = caller_of(request)
    require_user(caller)
    return Status(201, file_report(caller, command, key))


def _receipt(report: Report) -> ReportReply:
    return ReportReply.model_validate({"id": report.id, "status": str(report.status)})
