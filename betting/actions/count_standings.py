"""Counting the leaderboards: one statement for each period, whole, so that a board is never half of two counts."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from betting.models import LeaderboardStanding
from project.kit import clock

# Below these, luck alone makes a leader.
RETURN_SLIPS_MIN: Final = 5
CALIBRATION_SLIPS_MIN: Final = 10
PERIODS: Final = {"week": timedelta(days=7), "month": timedelta(days=30), "all": None}
STANDINGS_KEPT: Final = 1_000  # of a board; nobody reads on, and everyone else learns that they are below
BOARD_CURRENCY: Final = "PLY"

# Free bets stake nothing of one's own. Singles half won, half void or shared in a dead heat say nothing clear about a
# price: a half won one is `won` too, so they are found by their selections, through the index of legs by event. A slip
# cashed out to the end is over with its last part, and a single of those has won or lost with its selection: else
# whoever cashes losers out would have none. A void slip says nothing, but for the part of it that was cashed out.
_COUNT: Final = """
    WITH unclear AS (
        SELECT DISTINCT leg.slip_id
          FROM betting_selection AS selection
          JOIN betting_market AS market ON market.id = selection.market_id
          JOIN betting_leg AS leg ON leg.event_id = market.event_id AND leg.selection_id = selection.id
         WHERE selection.void_halves = 1 OR selection.dead_heat_tied > selection.dead_heat_places
    ), ended AS (
        SELECT slip.*,
               CASE WHEN slip.status = 'cashed_out'
                    THEN (SELECT max(created_at) FROM betting_cash_out WHERE slip_id = slip.id)
                    ELSE slip.settled_at END AS ended_at,
               CASE WHEN slip.status = 'cashed_out'
                    THEN (SELECT selection.result
                            FROM betting_leg AS leg
                            JOIN betting_selection AS selection ON selection.id = leg.selection_id
                           WHERE leg.slip_id = slip.id AND leg.position = 1 AND selection.void_halves = 0
                             AND NOT betting_is_cancelled(leg.market_id, slip.placed_at))
                    ELSE slip.status END AS outcome
          FROM betting_slip AS slip
         WHERE (slip.status IN ('won', 'lost', 'partial', 'cashed_out')
                OR slip.status = 'void' AND slip.cashed_out_minor > 0)
           AND slip.currency = %(currency)s
           AND slip.free_bet_id IS NULL
    ), settled AS (
        SELECT slip.user_id, slip.stake_minor, coalesce(slip.payout_minor, 0) + slip.cashed_out_minor AS returned_minor,
               slip.bet_type = 'single' AND NOT slip.is_each_way AND coalesce(slip.outcome, '') IN ('won', 'lost')
                   AND unclear.slip_id IS NULL AS is_plain,
               slip.outcome = 'won' AS is_won,
               1000.0 / nullif(slip.odds_milli, 0) AS price
          FROM ended AS slip
          JOIN accounts_user AS person ON person.id = slip.user_id AND person.is_active
          LEFT JOIN accounts_profile AS profile ON profile.user_id = slip.user_id
          LEFT JOIN unclear ON unclear.slip_id = slip.id
         WHERE (%(since)s::timestamptz IS NULL OR slip.ended_at >= %(since)s)
           AND coalesce(profile.public_access, true)
    ), person AS (
        SELECT user_id, count(*) AS slips,
               div((sum(returned_minor) - sum(stake_minor)) * 10000, sum(stake_minor)) AS return_basis_points,
               count(*) FILTER (WHERE is_plain) AS plain_slips,
               count(*) FILTER (WHERE is_plain AND is_won) AS wins,
               coalesce(sum(price) FILTER (WHERE is_plain), 0) AS expected_wins,
               coalesce(sum(price * (1 - price)) FILTER (WHERE is_plain), 0) AS variance
          FROM settled
         GROUP BY user_id
    ), scored AS (
        SELECT person.*, CASE WHEN variance > 0 THEN (wins - expected_wins) / sqrt(variance) ELSE 0 END AS score
          FROM person
    ), ranked AS (
        SELECT 'return' AS board, user_id, slips, return_basis_points, wins, expected_wins, score,
               row_number() OVER (ORDER BY return_basis_points DESC, slips DESC, user_id) AS rank
          FROM scored WHERE slips >= %(return_min)s
        UNION ALL
        SELECT 'calibration', user_id, plain_slips, return_basis_points, wins, expected_wins, score,
               row_number() OVER (ORDER BY score DESC, plain_slips DESC, user_id)
          FROM scored WHERE plain_slips >= %(calibration_min)s
    )
    INSERT INTO betting_leaderboard_standing (
        board, period, user_id, rank, slips, return_basis_points, wins, expected_wins, score, counted_at
    )
    SELECT board, %(period)s, user_id, rank, slips, return_basis_points, wins, expected_wins, score, %(now)s
      FROM ranked
     WHERE rank <= %(kept)s
"""


def count_standings() -> None:
    """Count every board of every period anew. Running it twice at once counts twice, one after the other."""
    for period, length in PERIODS.items():
        now = clock.now()
        _count(period, now, None if length is None else now - length)


@transaction.atomic(durable=True)
def _count(period: str, now: datetime, since: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('count_standings', 0))")
        LeaderboardStanding.objects.filter(period=period).delete()
        cursor.execute(
            _COUNT,
            {
                "currency": BOARD_CURRENCY,
                "since": since,
                "period": period,
                "now": now,
                "return_min": RETURN_SLIPS_MIN,
                "calibration_min": CALIBRATION_SLIPS_MIN,
                "kept": STANDINGS_KEPT,
            },
        )
