"""Folding appended exposure into its totals, so that placing a slip adds up a few rows and never waits for one."""

from django.db import connection, transaction

from betting.actions.repricing_jobs import enqueue_repricing
from betting.queries.exposure_desk import list_exposure_keys
from betting.streams import EXPOSURE
from project.kit.streams import publish_latest

BATCH_DELTAS = 20_000  # one fold's worth; the next, seconds later, takes the rest

_FOLD = """
    WITH folded AS (
        DELETE FROM betting_exposure_delta
         WHERE ctid = ANY (ARRAY(SELECT ctid FROM betting_exposure_delta LIMIT %s FOR UPDATE SKIP LOCKED))
        RETURNING market_id, selection_id, currency, stake_minor, payout_minor
    ), totals AS (
        INSERT INTO betting_exposure (market_id, selection_id, currency, stake_minor, payout_minor)
        SELECT market_id, selection_id, currency, sum(stake_minor), sum(payout_minor)
          FROM folded
         GROUP BY market_id, selection_id, currency
         ORDER BY selection_id, currency
            ON CONFLICT (selection_id, currency) DO UPDATE
           SET stake_minor = betting_exposure.stake_minor + excluded.stake_minor,
               payout_minor = betting_exposure.payout_minor + excluded.payout_minor,
               version = betting_exposure.version + 1
    )
    SELECT count(*), coalesce(array_agg(DISTINCT market_id), '{}') FROM folded
"""


@transaction.atomic(durable=True)
def fold_exposure() -> int:
    """Move deltas into totals, show the desk, and have stakes press on prices; answers how many.

    Two at once share the work.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [BATCH_DELTAS])
        folded, market_ids = cursor.fetchone()
    for event_id, keys in list_exposure_keys(market_ids=market_ids).items():
        publish_latest(EXPOSURE.name_for(event_id=event_id), keys)
        enqueue_repricing(event_id)
    return int(folded)
