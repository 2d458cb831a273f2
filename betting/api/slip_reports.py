"""Account of one's own slips over HTTP: sums, a file for a spreadsheet, and the settlements of a slip."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from betting.access import get_slip
from betting.queries.slip_reports import list_settlements, summarize_slips, write_slips_csv
from betting.schemas.slip_reports import SettlementsReply, SlipSummaryReply
from project.kit.callers import Caller, require_user
from project.kit.http import caller_of
from project.kit.money import CURRENCIES
from project.kit.throttles import check_rate

router = Router(tags=["betting"])

FILES_PER_HOUR = 30  # each reads thousands of rows


def read_summary(caller: Caller, currency: str) -> SlipSummaryReply:
    return summarize_slips(require_user(caller), currency)


def read_settlements(caller: Caller, slip_id: UUID) -> SettlementsReply:
    return list_settlements(get_slip(caller, slip_id))


@router.get("/slips/summary", response=SlipSummaryReply)
def get_summary(
    request: HttpRequest, currency: Annotated[str, Query(pattern="^(" + "|".join(CURRENCIES) + ")$")] = "PLY"
) -> SlipSummaryReply:
    """What your slips in a currency came to."""
    return read_summary(caller_of(request), currency)


@router.get("/slips.csv", openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}})
def get_csv(request: HttpRequest) -> HttpResponse:
    """Your newest 10,000 slips for a spreadsheet."""
    user_id = require_user(caller_of(request))
    check_rate(f"slips-csv:{user_id}", limit=FILES_PER_HOUR, per_s=3_600)
    response = HttpResponse(write_slips_csv(user_id), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="slips.csv"'
    return response


@router.get("/slips/{slip_id}/settlements", response=SettlementsReply)
def get_settlements(request: HttpRequest, slip_id: UUID) -> SettlementsReply:
    """Every settlement of one of your slips: corrections show as further ones."""
    return read_settlements(caller_of(request), slip_id)
