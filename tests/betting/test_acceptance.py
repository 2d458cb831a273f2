"""The acceptance rules: each refusal, their order, and stakes named in refusals that would be taken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.acceptance import (
    Accepted,
    EventBegan,
    EventFacts,
    Exposure,
    FeedStale,
    FundsShort,
    LegFacts,
    LegsRelated,
    MarketClosed,
    MultiplesClosed,
    OddsMoved,
    StakeTooHigh,
    StakeTooLow,
    decide,
    liability_minor,
)
from betting.core.ladder import snap_down
from betting.core.limits import StakeLimits

NOW = datetime(2026, 5, 2, 15, 30, tzinfo=UTC)
EVENT = EventFacts(
    event_id=UUID(int=1),
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
    selection_id=UUID(int=2),
    market_id=UUID(int=3),
    market_status="active",
    seen_odds_milli=2_620,
    current_odds_milli=2_620,
    event=EVENT,
)
LIMITS = StakeLimits(
    stake_minor_min=10, stake_minor_max=50_000, payout_minor_max=1_000_000, liability_minor_max=100_000
)
NOTHING = Exposure(0, 0)


def decide_with(leg: LegFacts = LEG, **changes: Any) -> object:
    facts: dict[str, Any] = {
        "legs": [leg],
        "stake_minor": 1_000,
        "price_policy": "none",
        "exposure": NOTHING,
        "limits": LIMITS,
        "available_minor": 100_000,
        "now": NOW,
    }
    return decide(**(facts | changes))


def with_event(**changes: Any) -> LegFacts:
    return replace(LEG, event=replace(EVENT, **changes))


def test_an_honest_single_stands() -> None:
    assert decide_with() == Accepted((2_620,), 2_620, 2_620)


@pytest.mark.parametrize(
    ("leg", "reason"),
    [
        (with_event(is_betting_stopped=True, stop_reason="goal"), "goal"),
        (with_event(is_betting_stopped=True), "stopped"),
        (with_event(status="completed"), "completed"),
        (with_event(status="postponed"), "postponed"),
        (replace(LEG, market_status="suspended"), "suspended"),
        (replace(LEG, market_status="inactive"), "inactive"),
        (with_event(incident_seq=3), "repricing"),
        (replace(LEG, current_odds_milli=None), "no_price"),
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
def test_price_policies(policy: str, current: int, is_taken: bool) -> None:
    decision = decide_with(replace(LEG, current_odds_milli=current), price_policy=policy)

    if is_taken:
        assert decision == Accepted((current,), current, current)
    else:
        assert decision == OddsMoved(((LEG.selection_id, current),))


def test_two_legs_of_one_event_are_related_and_of_two_not_offered_yet() -> None:
    other_event = replace(LEG, selection_id=UUID(int=9), event=replace(EVENT, event_id=UUID(int=8)))

    assert decide_with(legs=[LEG, LEG]) == LegsRelated()
    assert decide_with(legs=[LEG, replace(LEG, selection_id=UUID(int=9))]) == LegsRelated()
    assert decide_with(legs=[LEG, other_event]) == MultiplesClosed()


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
    leg: dict[str, Any] = {"market_status": "suspended", "current_odds_milli": 2_600}
    facts: dict[str, Any] = {"stake_minor": 60_000, "available_minor": 5}

    def decided() -> object:
        return decide_with(replace(LEG, event=replace(EVENT, **event), **leg), **facts)

    steps: list[tuple[object, Change]] = [
        (MarketClosed("goal"), lambda event, leg, facts: event.update(is_betting_stopped=False)),
        (MarketClosed("suspended"), lambda event, leg, facts: leg.update(market_status="active")),
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
        assert liability_minor(odds_milli, stake, exposure) <= LIMITS.liability_minor_max
        assert decision.potential_return_minor <= LIMITS.payout_minor_max
