"""What the database refuses by itself, whatever code is wrong: rows that can be no slip, leg, price, switch or limit.

Each statement goes past every action, names the rule that must say no, and leaves each row as it was.
"""

from typing import Final

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from betting.actions.customer_limits import set_stake_factors
from betting.actions.free_bets import grant_free_bets
from betting.actions.settle_event import settle_event
from betting.actions.stops import set_switch
from betting.models import BetSlip, Market
from payments.queries.audit import list_ledger_faults
from tests.betting.desk import bet, fund, make_live_priced_event, make_priced_event, selection_of
from tests.sports.matches import end_match

pytestmark = pytest.mark.django_db

TABLES: Final = (
    "betting_slip",
    "betting_leg",
    "betting_market",
    "betting_history",
    "betting_switch",
    "betting_customer_limit",
    "betting_free_bet",
    "betting_exposure_delta",
    "payments_transfer",
    "payments_ledgeraccount",
)

APPEND_ONLY: Final = "is append-only"

LEG_AGAIN: Final = """
    INSERT INTO betting_leg (slip_id, position, event_id, market_id, selection_id, user_id, seen_odds_milli,
    odds_milli, is_banker, price_policy, event_stops, market_stops) SELECT slip_id, position, event_id, market_id,
    selection_id, user_id, 2000, 2000, false, 'none', 0, 0 FROM betting_leg
"""
SWITCH_AGAIN: Final = """
    INSERT INTO betting_switch (scope, is_stopped, stop_count, version, reason, changed_at) VALUES ('all', false, 0,
    1, 'Again', now())
"""
FACTOR_AGAIN: Final = """
    INSERT INTO betting_customer_limit (user_id, stake_factor_milli, reason, updated_at) SELECT user_id, 10000,
    'Again', now() FROM betting_customer_limit
"""
TOKEN_AGAIN: Final = """
    INSERT INTO betting_free_bet (id, user_id, currency, amount_minor, status, reason, grant_key, granted_at,
    expires_at) SELECT uuidv7(), user_id, currency, 1000, 'available', '', grant_key, now(), now() FROM
    betting_free_bet
"""
SETTLED_AGAIN: Final = """
    INSERT INTO betting_history (bet_slip_id, user_id, settlement_no, outcome, actual_result, currency,
    winnings_minor, difference_minor, results_used, timestamp) SELECT bet_slip_id, user_id, settlement_no, 'won',
    '', currency, 1, 1, '[]', now() FROM betting_history
"""

SLIPS: Final = [
    ("stake_minor = 0, remaining_stake_minor = 0", "slip_lines_have_stakes"),
    ("stake_minor = -1000", "slip_lines_have_stakes"),
    ("remaining_stake_minor = stake_minor + 1", "slip_remaining_within_stake"),
    ("remaining_stake_minor = -1", "slip_remaining_within_stake"),
    ("cashed_out_minor = -1", "slip_cashed_out_positive"),
    ("bet_type = 'each_way'", "slip_bet_type_known"),
    ("status = 'pending'", "slip_status_known"),
    ("line_count = -1", "betting_slip_line_count_check"),
    ("line_count = 0", "slip_lines_have_stakes"),
    ("line_count = stake_minor + 1", "slip_lines_have_stakes"),
    ("is_each_way = true, line_count = 3", "slip_each_way_lines_in_pairs"),
    ("status = 'rejected'", "slip_rejection_says_why"),
    ("rejection = '{}'", "slip_rejection_says_why"),
    ("line_sizes = NULL", "line_sizes"),
    ("line_count = NULL", "line_count"),
    ("is_each_way = NULL", "is_each_way"),
    ("price_policy = NULL", "price_policy"),
    ("due_at = now()", "slip_due_while_pending"),
    ("payout_minor = 0", "slip_settled_as_a_whole"),
    ("settled_at = now()", "slip_settled_as_a_whole"),
    ("payout_minor = 0, settled_at = now()", "slip_settled_as_a_whole"),
    ("payout_minor = -1, settled_at = now(), settlement_no = 1", "slip_payout_within_promise"),
    ("payout_minor = potential_win_minor + 1, settled_at = now(), settlement_no = 1", "slip_payout_within_promise"),
    ("settlement_no = -1", "betting_slip_settlement_no_check"),
]

LEGS: Final = [
    ("UPDATE betting_leg SET odds_milli = odds_milli + 10", APPEND_ONLY),
    ("UPDATE betting_leg SET is_banker = true", APPEND_ONLY),
    ("UPDATE betting_leg SET selection_id = uuidv7()", APPEND_ONLY),
    ("DELETE FROM betting_leg", APPEND_ONLY),
    ("TRUNCATE betting_leg", APPEND_ONLY),
    (LEG_AGAIN, "leg_once_per_position"),
]

EACH_WAY: Final = [
    ("each_way_places = 0, each_way_numerator = 1, each_way_denominator = 4", "market_each_way_as_a_whole"),
    ("each_way_places = 2, each_way_numerator = 0, each_way_denominator = 4", "market_each_way_as_a_whole"),
    ("each_way_places = 2, each_way_numerator = 1, each_way_denominator = 0", "market_each_way_as_a_whole"),
    ("each_way_places = -2, each_way_numerator = 1, each_way_denominator = 4", "each_way"),
    ("each_way_places = 2", "market_each_way_as_a_whole"),
    ("each_way_places = 2, each_way_numerator = 1", "market_each_way_as_a_whole"),
    ("each_way_numerator = 1, each_way_denominator = 4", "market_each_way_as_a_whole"),
    ("status = 'open'", "market_status_known"),
    ("stop_count = -1", "betting_market_stop_count_check"),
]

SWITCHES: Final = [
    (SWITCH_AGAIN, "betting_switch_pkey"),
    ("UPDATE betting_switch SET stop_count = -1", "betting_switch_stop_count_check"),
    ("UPDATE betting_switch SET version = -1", "betting_switch_version_check"),
    ("UPDATE betting_switch SET is_stopped = NULL", "is_stopped"),
    ("UPDATE betting_switch SET scope = 'football'", "switch_scope_known"),
    ("UPDATE betting_switch SET stop_count = version + 1", "switch_stops_counted"),
    ("UPDATE betting_switch SET stop_count = 0", "switch_stops_counted"),
    ("UPDATE betting_switch SET reason = ''", "switch_reason_given"),
    ("UPDATE betting_customer_limit SET reason = ''", "customer_limit_reason_given"),
    ("UPDATE betting_switch SET reason = NULL", "reason"),
    ("UPDATE betting_switch SET changed_at = NULL", "changed_at"),
    ("UPDATE betting_customer_limit SET stake_factor_milli = 10001", "customer_limit_factor"),
    ("UPDATE betting_customer_limit SET stake_factor_milli = -1", "stake_factor_milli_check"),
    ("UPDATE betting_customer_limit SET stake_factor_milli = NULL", "stake_factor_milli"),
    (FACTOR_AGAIN, "betting_customer_limit_pkey"),
]

FREE_BETS: Final = [
    ("UPDATE betting_free_bet SET amount_minor = 0", "free_bet_amount_positive"),
    ("UPDATE betting_free_bet SET amount_minor = -1000", "free_bet_amount_positive"),
    ("UPDATE betting_free_bet SET status = 'spent'", "free_bet_status_known"),
    ("UPDATE betting_free_bet SET user_id = NULL", "user_id"),
    (TOKEN_AGAIN, "betting_free_bet_grant_key_key"),
]

HISTORY: Final = [
    ("UPDATE betting_history SET winnings_minor = 0", APPEND_ONLY),
    ("DELETE FROM betting_history", APPEND_ONLY),
    ("TRUNCATE betting_history", APPEND_ONLY),
    (SETTLED_AGAIN, "slip_settled_once"),
]


def read_rows() -> dict[str, str]:
    """What each table holds."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(row::text, ' ' ORDER BY row::text), '')) FROM {table} AS row"
            )
            [rows[table]] = cursor.fetchone()
    return rows


def check_refused(cases: list[tuple[str, str]]) -> None:
    """Each statement is refused by the rule that is named, and nothing has moved."""
    before = read_rows()
    for statement, rule in cases:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert read_rows() == before, statement
    assert list_ledger_faults() == []


def update(table: str, cases: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(f"UPDATE {table} SET {change}", rule) for change, rule in cases]


@pytest.fixture
def slip(ada: User) -> BetSlip:
    """A single of 10.00 that runs."""
    fund(ada)
    return BetSlip.objects.get(id=bet(ada, selection_of(make_priced_event(), "1x2", "home"), "10.00").id)


def test_a_slip_that_can_be_none(slip: BetSlip) -> None:
    check_refused(update("betting_slip", SLIPS))


def test_legs_are_facts(slip: BetSlip) -> None:
    check_refused(LEGS)


def test_a_leg_that_waits_may_be_struck_anew_and_nothing_else(slip: BetSlip) -> None:
    BetSlip.objects.update(status="pending_delay")
    for change in ("selection_id = uuidv7()", "position = 2", "user_id = uuidv7()", "slip_id = uuidv7()"):
        check_refused([(f"UPDATE betting_leg SET {change}", APPEND_ONLY)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE betting_leg SET odds_milli = odds_milli + 10")
        assert cursor.rowcount == 1


def test_places_are_paid_for_some_at_some_fraction(slip: BetSlip) -> None:
    assert Market.objects.filter(each_way_places__isnull=True).exists()
    check_refused(update("betting_market", EACH_WAY))


def test_switches_and_stake_factors_within_their_bounds(slip: BetSlip, mod: User) -> None:
    set_switch(actor_id=mod.id, scope="all", is_stopped=True, reason="Kill switch")
    set_stake_factors(actor_id=mod.id, usernames=["ada"], stake_factor_milli=100, reason="Arbitrage")
    check_refused(SWITCHES)


def test_a_free_bet_that_can_be_none(slip: BetSlip, mod: User) -> None:
    grant_free_bets(
        actor_id=mod.id, usernames=["ada"], currency="PLY", amount_minor=1_000, days=7, reason="Hello", grant_key="one"
    )
    check_refused(FREE_BETS)


def test_settlements_are_facts(ada: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    bet(ada, selection_of(event, "1x2", "home"))
    end_match(event)
    assert settle_event(event_id=event.pk) == 1
    check_refused(HISTORY)
