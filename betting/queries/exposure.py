"""What is at risk on a market: folded totals plus the deltas not folded yet, read in one statement."""

from uuid import UUID

from django.db import connection

from betting.core.slip_facts import Exposure

_READ = """
    SELECT coalesce(sum(stake_minor), 0)::bigint,
           coalesce(sum(payout_minor) FILTER (WHERE selection_id = %(selection)s), 0)::bigint
      FROM (SELECT selection_id, stake_minor, payout_minor FROM betting_exposure
             WHERE market_id = %(market)s AND currency = %(currency)s
            UNION ALL
            SELECT selection_id, stake_minor, payout_minor FROM betting_exposure_delta
             WHERE market_id = %(market)s AND currency = %(currency)s) AS accepted
"""


def get_exposure(*, market_id: UUID, selection_id: UUID, currency: str) -> Exposure:
    """All stakes of the market, and what the selection would pay. One snapshot, so a fold is never seen half done."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"market": market_id, "selection": selection_id, "currency": currency})
        stakes_minor, payouts_minor = cursor.fetchone()
    return Exposure(stakes_minor, payouts_minor)
