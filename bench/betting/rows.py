"""People and slips by the hundred thousand, written set-based: settlement is measured on them, not their placement."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import F

from accounts.models import User
from bench.betting.matches import make_match
from betting.models import EventBook, Selection

STAKE_MINOR = 100

# Everybody is a copy of one person, under another name.
_PEOPLE = """
    WITH person AS MATERIALIZED (
        SELECT uuidv7() AS id, uuidv7() AS wallet, uuidv7() AS held, number FROM generate_series(1, %(count)s) AS number
    ), born AS (
        INSERT INTO accounts_user
        SELECT (jsonb_populate_record(NULL::accounts_user, to_jsonb(model) || jsonb_build_object(
                   'id', person.id, 'username', 'punter' || number, 'email', 'punter' || number || '@example.org'))).*
          FROM person CROSS JOIN accounts_user AS model WHERE model.id = %(model)s
    ), account AS (
        INSERT INTO payments_ledgeraccount (id, owner_id, kind, currency, balance_minor, won_minor, lost_minor, version)
        SELECT wallet, id, 'wallet', 'PLY', 0, 0, 0, 0 FROM person
        UNION ALL SELECT held, id, 'held', 'PLY', 0, 0, 0, 0 FROM person
    ), opened AS (
        INSERT INTO payments_wallet (id, user_id, currency, available_account_id, held_account_id, created_at)
        SELECT uuidv7(), id, 'PLY', wallet, held, now() FROM person
    ), stream AS (
        INSERT INTO kit_stream (name, epoch, seq) SELECT 'user:' || id, 'bench', 1 FROM person
    )
    SELECT id, wallet FROM person ORDER BY id
"""

_GRANTS = """
    SELECT count(*) FROM ledger_post(ARRAY(
        SELECT ROW ('grant', 'bench:' || account_id, 0, ledger_house_account('issuance', 'PLY'), account_id, 100000000,
                    '', NULL::uuid, 'Funds', NULL)::ledger_transfer
          FROM unnest(%(accounts)s::uuid[]) AS given (account_id)))
"""

_SLIPS = """
    WITH slip AS (
        INSERT INTO betting_slip (
            id, user_id, event_id, bet_type, line_sizes, line_count, is_each_way, predicted_outcome, currency,
            stake_minor, odds_milli, potential_win_minor, remaining_stake_minor, cashed_out_minor, results_sum, status,
            price_policy, match_state, settlement_no, placed_at, accepted_at
        )
        SELECT uuidv7(), (%(people)s::uuid[])
                   [1 + (hashint8extended(number, 0) & 2147483647) %% cardinality(%(people)s::uuid[])],
               CASE cardinality(%(events)s::uuid[]) WHEN 1 THEN (%(events)s::uuid[])[1] END,
               CASE cardinality(%(events)s::uuid[]) WHEN 1 THEN 'single' ELSE 'accumulator' END,
               ARRAY[cardinality(%(events)s::uuid[])::smallint], 1, false, number %% 3, 'PLY', %(stake)s,
               2000, %(stake)s * 1000, %(stake)s, 0, 0, 'accepted', 'none',
               '{"phase": "first_half", "minute": 12, "added": 0, "home_goals": 0, "away_goals": 0, "incident_seq": 3,
                 "state_version": 12, "book_version": 12, "odds_milli": 2000, "probability": 0.47}', 0, now(), now()
          FROM generate_series(1, %(count)s) AS number
        RETURNING id, user_id, predicted_outcome::integer AS outcome, stake_minor
    ), leg AS (
        INSERT INTO betting_leg (
            id, slip_id, position, event_id, market_id, selection_id, user_id, seen_odds_milli, odds_milli, is_banker,
            price_policy, event_stops, market_stops
        )
        SELECT uuidv7(), slip.id, place, (%(events)s::uuid[])[place], (%(markets)s::uuid[])[place],
               (%(selections)s::uuid[])[3 * (place - 1) + 1 + (slip.outcome + place - 1) %% 3], slip.user_id,
               1850, 1850, false, 'none', 0, 0
          FROM slip CROSS JOIN generate_series(1, cardinality(%(events)s::uuid[])) AS place
    )
    SELECT user_id, sum(stake_minor)::bigint FROM slip GROUP BY user_id
"""

_STAKES = """
    SELECT count(*) FROM ledger_post(ARRAY(
        SELECT ROW ('stake', %(name)s || wallet.user_id, 0, wallet.available_account_id,
                    ledger_house_account('open_stakes', 'PLY'), stake.amount, 'slip', NULL::uuid, 'Stakes', NULL)
               ::ledger_transfer
          FROM unnest(%(people)s::uuid[], %(amounts)s::bigint[]) AS stake (user_id, amount)
          JOIN payments_wallet AS wallet ON wallet.user_id = stake.user_id AND wallet.currency = 'PLY'))
"""


@dataclass(frozen=True)
class Match:
    """A priced match with its market of the result and the selections home, draw, away."""

    event_id: UUID
    market_id: UUID
    selection_ids: Sequence[UUID]


def make_people(count: int) -> list[UUID]:
    """People with a wallet, funds for all the stakes to come, and a stream each that nobody listens to."""
    model = User.objects.create(username="punter", email="punter@example.org", password=make_password(None))
    with connection.cursor() as cursor:
        # Keys hold by construction, and a request's limit is not meant for this.
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica")
        cursor.execute(_PEOPLE, {"count": count, "model": model.id})
        people = cursor.fetchall()
        cursor.execute("SET session_replication_role = origin")
        for first in range(0, len(people), 10_000):
            cursor.execute(_GRANTS, {"accounts": [account_id for _, account_id in people[first : first + 10_000]]})
    return [user_id for user_id, _ in people]


def make_event(number: int) -> Match:
    """A priced match."""
    selections = make_match(f"Settlement {number}")
    market = selections[0].market
    return Match(market.event_id, market.id, [selection.id for selection in selections])


def write_slips(count: int, people: Sequence[UUID], matches: Sequence[Match]) -> None:
    """Singles on one match or accumulators over several: each outcome is backed by a third, every slip by a person."""
    arguments: dict[str, int | list[UUID]] = {
        "count": count,
        "people": list(people),
        "events": [match.event_id for match in matches],
        "markets": [match.market_id for match in matches],
        "selections": [one for match in matches for one in match.selection_ids],
        "stake": STAKE_MINOR,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET session_replication_role = replica")
        cursor.execute(_SLIPS, arguments)
        stakes = cursor.fetchall()
        cursor.execute("SET session_replication_role = origin")
        for first in range(0, len(stakes), 10_000):
            part = stakes[first : first + 10_000]
            cursor.execute(
                _STAKES,
                {
                    "name": f"bench:{matches[0].event_id}:",
                    "people": [user_id for user_id, _ in part],
                    "amounts": [int(amount) for _, amount in part],
                },
            )


def end_set_up() -> None:
    """What a database does by and by: rows are all visible, statistics fresh, and pages written."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def publish_result(matches: Sequence[Match]) -> None:
    """Home wins everywhere. Written at once: grading is not what is measured."""
    for match in matches:
        for place, selection_id in enumerate(match.selection_ids):
            Selection.objects.filter(id=selection_id).update(
                result="lost" if place else "won", result_version=F("result_version") + 1
            )
        EventBook.objects.filter(event_id=match.event_id).update(results_no=F("results_no") + 1)


def find_postgres_id() -> int:
    """The process of the server that this session is connected to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer")
        return int(cursor.fetchone()[0])
