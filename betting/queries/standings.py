"""Leaderboards as people see them."""

from uuid import UUID

from accounts.queries.people import describe_people
from accounts.schemas import PersonReply
from betting.models import LeaderboardStanding
from betting.schemas.standings import BoardName, LeaderboardReply, PeriodName, StandingReply

ROWS_SHOWN = 100


def get_leaderboard(by: BoardName, period: PeriodName, *, user_id: UUID | None, slips_min: int) -> LeaderboardReply:
    """The best of one board, and the caller's own place on it."""
    standings = LeaderboardStanding.objects.filter(board=by, period=period)
    rows = list(standings.order_by("rank")[:ROWS_SHOWN])
    mine = standings.filter(user_id=user_id).first() if user_id else None
    people = describe_people(row.user_id for row in (*rows, *([mine] if mine else [])))
    return LeaderboardReply(
        by=by,
        period=period,
        slips_min=slips_min,
        counted_at=rows[0].counted_at if rows else None,
        rows=[_shape(row, people[row.user_id]) for row in rows],
        mine=_shape(mine, people[mine.user_id]) if mine else None,
    )


def _shape(row: LeaderboardStanding, person: PersonReply) -> StandingReply:
    sign = "-" if row.return_basis_points < 0 else ""
    whole, rest = divmod(abs(row.return_basis_points), 100)
    return StandingReply(
        rank=row.rank,
        person=person,
        slips=row.slips,
        return_percent=f"{sign}{whole}.{rest:02d}",
        wins=row.wins,
        expected_wins=round(row.expected_wins, 2),
        score=round(row.score, 2),
    )
