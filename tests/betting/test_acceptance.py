"""The acceptance rules: each refusal, their order, and stakes named in refusals that would be taken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.acceptance import Accepted, decide
from betting.core.bet_types import Lines, lines_of
from betting.core.each_way import EachWayTerms
from betting.core.ladder import snap_down
from betting.core.limits import StakeLimits
from betting.core.payout import LegResult, settle_slip
from betting.core.payout import SlipTerms as PaidTerms
from betting.core.refusals import (
    EventBegan,
    FeedStale,
    FreeBetOfOtherAmount,
    FreeBetUnusable,
    FundsShort,
    LegsRelated,
    MarketClosed,
    NoPlaceTerms,
    OddsMoved,
    StakeTooHigh,
    StakeTooLow,
)
from betting.core.slip_facts import (
    EventFacts,
    Exposure,
    FreeBetFacts,
    Funds,
    LegFacts,
    MarketFacts,
    PricePolicy,
    SlipTerms,
)
from betting.core.stakes import Share

NOW = datetime(2026, 5, 2, 15, 30, tzinfo=UTC)
EVENT = EventFacts(
    event_id=UUID(int=1),
    sport="football",
    status="ongoing",
    phase="first_half",
    start_time=NOW - timedelta(minutes=30),
    is_betting_stopped=False,
    stop_reason="",
    state_version=31,
    incident_seq=2,
    priced_state_version=31,
    priced_incident_seq=2,
    feed_age_s=3.0,
    feed_age_s_max=30.0,
)
LEG = LegFacts(
    selection_id="two",
    event=EVENT,
    market=MarketFacts(UUID(int=3), "football", "1x2", "active", each_way=EachWayTerms(3, 1, 4), place_margin=0.1),
    seen_odds_milli=2_620,
    current_odds_milli=2_620,
    price_policy="none",
)
SCHEDULED = replace(EVENT, status="scheduled", phase="scheduled", start_time=NOW + timedelta(hours=1))
SINGLE = SlipTerms(1_000, Lines((1,), 1))
LIMITS = StakeLimits(
    stake_minor_min=10, stake_minor_max=50_000, payout_minor_max=1_000_000, liability_minor_max=100_000
)
NOTHING = Exposure()


def decide_with(leg: LegFacts = LEG, **changes: Any) -> object:
    legs = changes.pop("legs", [leg])
    terms = changes.pop("terms", SINGLE)
    terms = replace(terms, stake_minor=changes.pop("stake_minor", terms.stake_minor))
    funds = Funds(changes.pop("available_minor", 100_000), changes.pop("free_bet", None))
    exposure = changes.pop("exposure", NOTHING)
    facts: dict[str, Any] = {
        "terms": terms,
        "legs": legs,
        "exposures": [exposure] * len(legs),
        "limits": LIMITS,
        "funds": funds,
        "now": NOW,
    }
    return decide(**(facts | changes))


def accepted(*odds_milli: int, total: int | None = None, returned: int) -> object:
    """A single at these odds on a stake of 10.00."""
    return Accepted(odds_milli, total or odds_milli[0], returned, (Share(1_000, returned),), 0)


def with_event(**changes: Any) -> LegFacts:
    return replace(LEG, event=replace(EVENT, **changes))


def with_market(**changes: Any) -> LegFacts:
    return replace(LEG, market=replace(LEG.market, **changes))


def elsewhere(number: int, odds_milli: int = 2_620, **changes: Any) -> LegFacts:
    """A leg of another event."""
    return replace(
        LEG,
        selection_id=f"other {number}",
        event=replace(EVENT, event_id=UUID(int=200 + number)),
        seen_odds_milli=odds_milli,
        current_odds_milli=odds_milli,
        **changes,
    )


def test_an_honest_single_stands() -> None:
    assert decide_with() == accepted(2_620, returned=2_620)


@pytest.mark.parametrize(
    ("leg", "reason"),
    [
        (with_event(is_betting_stopped=True, stop_reason="goal"), "goal"),
        (with_event(is_betting_stopped=True), "stopped"),
        (with_event(status="completed"), "completed"),
        (with_event(status="postponed"), "postponed"),
        (with_market(status="suspended"), "suspended"),
        (with_market(status="inactive"), "inactive"),
        (with_event(incident_seq=3), "repricing"),
        (replace(LEG, current_odds_milli=None), "no_price"),
        (replace(LEG, is_settled=True), "settled"),
        (with_event(is_suspended=True), "suspended"),
        (with_event(stopped_at_large="betting_stopped"), "betting_stopped"),
    ],
)
def test_closed_markets(leg: LegFacts, reason: str) -> None:
    assert decide_with(leg) == MarketClosed(reason)


def test_prices_before_kick_off_end_with_the_start_time() -> None:
    before = {"status": "scheduled", "phase": "scheduled"}

    assert isinstance(decide_with(with_event(**before, start_time=NOW + timedelta(seconds=1))), Accepted)
    assert decide_with(with_event(**before, start_time=NOW)) == EventBegan(EVENT.event_id)


def test_a_silent_feed_takes_no_bets_while_the_ball_rolls() -> None:
    assert decide_with(with_event(feed_age_s=30.5)) == FeedStale(EVENT.event_id)


def test_half_time_may_be_quiet_for_longer_but_not_for_ever() -> None:
    assert isinstance(decide_with(with_event(feed_age_s=119.5, phase="half_time")), Accepted)
    assert decide_with(with_event(feed_age_s=120.5, phase="half_time")) == FeedStale(EVENT.event_id)


def test_prices_may_trail_the_clock_by_three_ticks() -> None:
    assert isinstance(decide_with(with_event(state_version=34)), Accepted)
    assert decide_with(with_event(state_version=35)) == FeedStale(EVENT.event_id)


@pytest.mark.parametrize(
    ("policy", "current", "is_taken"),
    [
        ("none", 2_620, True),
        ("none", 2_600, False),
        ("none", 2_640, False),
        ("better", 2_620, True),
        ("better", 2_640, True),
        ("better", 2_600, False),
        ("any", 2_600, True),
        ("any", 2_640, True),
    ],
)
def test_price_policies(policy: PricePolicy, current: int, is_taken: bool) -> None:
    decision = decide_with(replace(LEG, current_odds_milli=current, price_policy=policy))

    if is_taken:
        assert decision == accepted(current, returned=current)
    else:
        assert decision == OddsMoved(((LEG.selection_id, current),))


def terms_of(bet_type: str, legs: list[LegFacts], stake_minor: int = 1_000, **changes: Any) -> SlipTerms:
    is_each_way = changes.get("is_each_way", False)
    lines = lines_of(
        bet_type,
        leg_count=len(legs),
        banker_count=sum(leg.is_banker for leg in legs),
        sizes=changes.pop("sizes", None),
        is_each_way=is_each_way,
    )
    return SlipTerms(stake_minor, lines, **changes)


def test_two_legs_of_one_event_are_related() -> None:
    for legs in ([LEG, LEG], [LEG, replace(LEG, selection_id="nine")]):
        assert decide_with(legs=legs, terms=terms_of("accumulator", legs)) == LegsRelated()


def test_an_accumulator_is_judged_leg_by_leg_and_each_leg_by_its_own_policy() -> None:
    """Its product is the same as the one that was seen, and yet both legs have moved."""
    risen = replace(elsewhere(1, 2_000), seen_odds_milli=4_000)
    fallen = replace(elsewhere(2, 4_000), seen_odds_milli=2_000, price_policy="better")
    legs = [risen, fallen]

    assert decide_with(legs=legs, terms=terms_of("accumulator", legs)) == OddsMoved(((risen.selection_id, 2_000),))


def test_each_way_needs_terms_on_every_leg() -> None:
    bare = elsewhere(1)
    bare.market = replace(LEG.market, each_way=None)
    legs = [replace(LEG, event=SCHEDULED), bare]

    assert decide_with(legs=legs, terms=terms_of("accumulator", legs, is_each_way=True)) == NoPlaceTerms(1)


@pytest.mark.parametrize(("place_margin", "is_taken"), [(0.06, True), (0.059, False), (-0.3, False)])
def test_each_way_needs_a_margin_on_places(place_margin: float, is_taken: bool) -> None:
    legs = [replace(LEG, event=SCHEDULED, market=replace(LEG.market, place_margin=place_margin))]

    decision = decide_with(legs=legs, terms=terms_of("single", legs, is_each_way=True))

    assert isinstance(decision, Accepted) if is_taken else decision == NoPlaceTerms(0)


def test_each_way_is_for_bets_before_the_start() -> None:
    assert decide_with(legs=[LEG], terms=terms_of("single", [LEG], is_each_way=True)) == NoPlaceTerms(0)


def test_a_free_bet_pays_instead_of_the_wallet_and_only_with_its_own_amount() -> None:
    free = replace(SINGLE, is_free_bet=True)

    assert decide_with(terms=free, available_minor=0, free_bet=FreeBetFacts(1_000, "used")) == FreeBetUnusable("used")
    assert decide_with(terms=free, free_bet=FreeBetFacts(500)) == FreeBetOfOtherAmount(500)
    decision = decide_with(terms=free, available_minor=0, free_bet=FreeBetFacts(1_000))
    assert isinstance(decision, Accepted)
    assert (decision.potential_return_minor, decision.shares) == (1_620, (Share(0, 1_620),))


def test_a_stake_per_line_is_capped_in_whole_lines() -> None:
    """Fifteen lines: the cap of 500.00 is 33.33 a line, and no line is below the smallest coin."""
    legs = [elsewhere(number, 1_500) for number in range(4)]
    terms = terms_of("lucky15", legs, 15 * 3_334, stake_step=15)

    assert decide_with(legs=legs, terms=terms, available_minor=10**6) == StakeTooHigh(15 * 3_333, "limit")
    assert decide_with(legs=legs, terms=replace(terms, stake_minor=14, stake_step=1)) == StakeTooLow(15)


BETS = st.sampled_from(["single", "accumulator", "trixie", "patent", "lucky15", "system"])


@given(
    bet_type=BETS,
    odds=st.lists(st.integers(min_value=1_010, max_value=60_000), min_size=4, max_size=4),
    stake=st.integers(min_value=20, max_value=10**6),
    is_each_way=st.booleans(),
    is_free_bet=st.booleans(),
    stakes=st.integers(min_value=0, max_value=10**6),
    payouts=st.integers(min_value=0, max_value=10**6),
    is_per_line=st.booleans(),
)
def test_every_kind_of_slip_promises_what_it_would_pay_and_names_stakes_that_are_taken(
    bet_type: str, odds: list[int], stake: int, is_each_way: bool, is_free_bet: bool, stakes: int, payouts: int,
    is_per_line: bool,
) -> None:  # fmt: skip
    count = {"single": 1, "trixie": 3, "patent": 3}.get(bet_type, 4)
    legs = [elsewhere(number, price) for number, price in enumerate(odds[:count])]
    sizes = None
    if bet_type == "system":
        legs[0] = replace(legs[0], is_banker=True)
        sizes = [1, 2]
    terms = terms_of(bet_type, legs, stake, is_each_way=is_each_way, is_free_bet=is_free_bet, sizes=sizes)
    if is_per_line:
        terms = replace(terms, stake_minor=stake * terms.lines.count, stake_step=terms.lines.count)
    exposure = Exposure(stakes, payouts, payouts // 2)

    def decided(stake_minor: int) -> object:
        free_bet = FreeBetFacts(stake_minor) if is_free_bet else None
        changed = replace(terms, stake_minor=stake_minor)
        return decide_with(legs=legs, terms=changed, exposure=exposure, available_minor=10**12, free_bet=free_bet)

    decision = decided(terms.stake_minor)

    if isinstance(decision, StakeTooHigh):
        if decision.stake_minor_max:
            assert isinstance(decided(decision.stake_minor_max), Accepted)
            assert isinstance(decided(decision.stake_minor_max + terms.stake_step), StakeTooHigh)
    elif isinstance(decision, Accepted):
        won = [
            LegResult("won", leg.current_odds_milli or 0, place_outcome="won", is_banker=leg.is_banker) for leg in legs
        ]
        paid = settle_slip(
            PaidTerms(terms.stake_minor, terms.lines.sizes, terms.lines.count, is_each_way, is_free_bet), won
        )
        assert paid is not None
        assert decision.potential_return_minor == paid.payout_minor <= LIMITS.payout_minor_max
        for position, share in enumerate(decision.shares):
            lost = [replace(leg, outcome="lost") if position == index else leg for index, leg in enumerate(won)]
            still = settle_slip(
                PaidTerms(terms.stake_minor, terms.lines.sizes, terms.lines.count, is_each_way, is_free_bet), lost
            )
            assert still is not None
            paid_in = 0 if is_free_bet else terms.stake_minor
            assert share.stake_minor == paid_in - still.payout_minor
            assert share.payout_minor == paid.payout_minor - still.payout_minor
            # What the house can lose on the leg's market with this slip on top stays within the cap.
            assert payouts + share.payout_minor - stakes - share.stake_minor <= LIMITS.liability_minor_max


def test_stake_limits() -> None:
    assert decide_with(stake_minor=9) == StakeTooLow(10)
    assert isinstance(decide_with(stake_minor=10), Accepted)
    assert isinstance(decide_with(stake_minor=50_000), Accepted)
    assert decide_with(stake_minor=50_001) == StakeTooHigh(50_000, "limit")


def test_the_payout_cap_names_a_stake() -> None:
    leg = replace(LEG, seen_odds_milli=100_000, current_odds_milli=100_000)
    roomy = replace(LIMITS, liability_minor_max=10**9)

    assert decide_with(leg, stake_minor=10_001, limits=roomy) == StakeTooHigh(10_000, "payout")


def test_a_bet_on_the_other_side_makes_room() -> None:
    full = Exposure(stakes_minor=0, payouts_minor=100_000)
    hedged = Exposure(stakes_minor=1_620, payouts_minor=100_000)

    assert decide_with(exposure=full) == StakeTooHigh(0, "liability")
    assert isinstance(decide_with(exposure=hedged), Accepted)


def test_funds_come_last() -> None:
    assert decide_with(available_minor=999) == FundsShort(999)
    assert isinstance(decide_with(available_minor=1_000), Accepted)


Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], None]


def test_the_order_of_the_rules() -> None:
    """Everything is wrong at once; mending the first fault each time shows the next one."""
    event: dict[str, Any] = {"status": "ongoing", "phase": "scheduled", "start_time": NOW, "state_version": 40,
                             "is_betting_stopped": True, "stop_reason": "goal"}  # fmt: skip
    leg: dict[str, Any] = {"current_odds_milli": 2_600}
    market: dict[str, Any] = {"status": "suspended"}
    facts: dict[str, Any] = {"stake_minor": 60_000, "available_minor": 5}

    def decided() -> object:
        changed = replace(LEG, event=replace(EVENT, **event), market=replace(LEG.market, **market), **leg)
        return decide_with(changed, **facts)

    steps: list[tuple[object, Change]] = [
        (MarketClosed("goal"), lambda event, leg, facts: event.update(is_betting_stopped=False)),
        (MarketClosed("suspended"), lambda event, leg, facts: market.update(status="active")),
        (EventBegan(EVENT.event_id), lambda event, leg, facts: event.update(phase="first_half")),
        (FeedStale(EVENT.event_id), lambda event, leg, facts: event.update(state_version=31)),
        (OddsMoved(((LEG.selection_id, 2_600),)), lambda event, leg, facts: leg.update(current_odds_milli=2_620)),
        (StakeTooHigh(50_000, "limit"), lambda event, leg, facts: facts.update(stake_minor=5)),
        (StakeTooLow(10), lambda event, leg, facts: facts.update(stake_minor=10)),
        (FundsShort(5), lambda event, leg, facts: facts.update(available_minor=10)),
    ]
    for expected, mend in steps:
        assert decided() == expected
        mend(event, leg, facts)
    assert isinstance(decided(), Accepted)


@given(
    odds=st.floats(min_value=1.01, max_value=500.0),
    stakes=st.integers(min_value=0, max_value=10**7),
    payouts=st.integers(min_value=0, max_value=10**7),
    stake=st.integers(min_value=1, max_value=10**7),
)
def test_a_stake_named_in_a_refusal_is_taken(odds: float, stakes: int, payouts: int, stake: int) -> None:
    odds_milli = snap_down(odds)
    assert odds_milli is not None
    leg = replace(LEG, seen_odds_milli=odds_milli, current_odds_milli=odds_milli)
    exposure = Exposure(stakes, payouts)

    decision = decide_with(leg, stake_minor=stake, exposure=exposure, available_minor=10**9)

    if isinstance(decision, StakeTooHigh):
        assert decision.stake_minor_max < stake
        if decision.stake_minor_max:
            again = decide_with(leg, stake_minor=decision.stake_minor_max, exposure=exposure, available_minor=10**9)
            assert isinstance(again, Accepted)
            more = decide_with(leg, stake_minor=decision.stake_minor_max + 1, exposure=exposure, available_minor=10**9)
            assert isinstance(more, StakeTooHigh)
    elif isinstance(decision, Accepted):
        liability = payouts + decision.potential_return_minor - stakes - stake
        assert liability <= LIMITS.liability_minor_max
        assert decision.potential_return_minor <= LIMITS.payout_minor_max
