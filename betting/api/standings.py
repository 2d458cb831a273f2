"""Leaderboards over HTTP."""

from django.http import HttpRequest
from ninja import Router

from betting.actions.count_standings import CALIBRATION_SLIPS_MIN, RETURN_SLIPS_MIN
from betting.queries.standings import get_leaderboard
from betting.schemas.standings import BoardName, LeaderboardReply, PeriodName
from project.kit.callers import Caller
from project.kit.http import caller_of

router = Router(tags=["leaderboards"])


def read_leaderboard(caller: Caller, by: BoardName, period: PeriodName) -> LeaderboardReply:
    slips_min = RETURN_SLIPS_MIN if by == "return" else CALIBRATION_SLIPS_MIN
    return get_leaderboard(by, period, user_id=caller.user_id, slips_min=slips_min)


@router.get("/leaderboards", response=LeaderboardReply)
def get_leaderboards(request: HttpRequest, by: BoardName = "return", period: PeriodName = "month") -> LeaderboardReply:
    """Who does best, by return or by wins beyond what the prices promised. People who stay private are not on it."""
    return read_leaderboard(caller_of(request), by, period)
