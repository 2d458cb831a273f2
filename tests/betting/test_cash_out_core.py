"""The offer's formula against figures worked out by hand, and each reason for making none."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from betting.core.cash_out import CashOutLeg, CashOutSlip, LegMarket, find_reason, offer_minor, offer_minor_max
from betting.core.payout import LegResult
from project.kit import clock

NOW = clock.now()
OPEN = LegMarket(
    is_stopped_at_large=False,
    is_betting_stopped=False,
    event_status="ongoing",
    has_begun=True,
    start_time=NOW - timedelta(minutes=30),
    market_status="active",
    is_priced_for_incidents=True,
    state_versions_behind=0,
    is_feed_silent=False,
)


def open_leg(struck: int, current: int | None, *, is_banker: bool = False, market: LegMarket = OPEN) -> CashOutLeg:
    return CashOutLeg(LegResult("won", struck), None, current, market, is_banker)


def settled_leg(struck: int, outcome: str, *, void_halves: int = 0) -> CashOutLeg:
    result = LegResult(outcome, struck, void_halves=void_halves)  # type: ignore[arg-type]  # outcomes of the cases below
    return CashOutLeg(LegResult("won", struck), result, None, OPEN)


def slip_of(*legs: CashOutLeg, stake: int = 1_000, sizes: tuple[int, ...] = (), lines: int = 1) -> CashOutSlip:
    return CashOutSlip(
        status="accepted",
        is_each_way=False,
        is_free_bet=False,
        line_sizes=sizes or (len(legs),),
        line_count=lines,
        remaining_stake_minor=stake,
        payout_minor_max=None,
        legs=legs,
    )


def test_a_single_is_worth_struck_over_current_less_the_margin() -> None:
    # 10.00 x 3.00 / 1.50 x 0.95 = 19.00
    assert offer_minor(slip_of(open_leg(3_000, 1_500)), 1_000) == 1_900
    # 10.00 x 2.00 / 3.05 x 0.95 = 6.2295...
    assert offer_minor(slip_of(open_leg(2_000, 3_050)), 1_000) == 622
    # 0.01 x 2.00 / 2.00 x 0.95 floors to nothing
    assert offer_minor(slip_of(open_leg(2_000, 2_000), stake=1), 1) == 0


def test_an_accumulator_multiplies_settled_factors_and_open_ratios() -> None:
    legs = (settled_leg(2_000, "won"), settled_leg(1_800, "void", void_halves=2), open_leg(1_850, 1_700))

    # 10.00 x 2 x 1 x 1.85/1.70 x 0.95 = 20.676...
    assert offer_minor(slip_of(*legs), 1_000) == 2_067
    # A third of the stake is worth a third, floored by itself.
    assert offer_minor(slip_of(*legs), 333) == 333 * 2 * 1_850 * 95 // 170_000


def test_a_half_won_leg_counts_half() -> None:
    # (2.00 + 1) / 2 = 1.5; 10.00 x 1.5 x 2/2 x 0.95
    legs = (settled_leg(2_000, "won", void_halves=1), open_leg(2_000, 2_000))
    assert offer_minor(slip_of(*legs), 1_000) == 1_425


def test_a_system_is_worth_the_sum_of_its_lines() -> None:
    legs = (settled_leg(2_000, "won"), settled_leg(3_000, "lost"), open_leg(2_500, 2_000))
    trixie = slip_of(*legs, stake=400, sizes=(2, 3), lines=4)

    # Of three doubles and a treble only won x open is left: 1.00 x 2 x 1.25 x 0.95
    assert find_reason(trixie, NOW) is None
    assert offer_minor(trixie, 400) == 237


def test_a_banker_stands_in_every_line() -> None:
    legs = (open_leg(2_000, 1_600, is_banker=True), open_leg(3_000, 3_000), open_leg(2_000, 2_500))
    system = slip_of(*legs, stake=200, sizes=(1,), lines=2)

    # 1.00 x 1.25 x (1 + 0.8) x 0.95 = 2.1375
    assert offer_minor(system, 200) == 213


def test_a_deduction_lowers_the_struck_odds_of_an_open_leg() -> None:
    deducted = replace(open_leg(5_000, 4_000), as_won=LegResult("won", 5_000, deductions=(Fraction(1, 4),)))
    # 1 + 4 x 0.75 = 4.00; 10.00 x 4/4 x 0.95
    assert offer_minor(slip_of(deducted), 1_000) == 950


def test_a_capped_return_is_worth_its_share_of_the_cap() -> None:
    capped = replace(slip_of(open_leg(10_000, 5_000)), payout_minor_max=5_000)
    # It would return 100.00 and pays 50.00: 50.00 / 5.00 x 0.95
    assert offer_minor(capped, 1_000) == 950


def test_the_highest_offer_is_that_of_the_last_open_leg_at_the_lowest_price() -> None:
    # 10.00 x 3.00 / 1.01 x 0.95 = 28.2178...
    assert offer_minor_max(slip_of(open_leg(3_000, 1_500))) == 2_821
    assert offer_minor(slip_of(open_leg(3_000, 1_010)), 1_000) == 2_821
    # The half won leg counts 1.5, the void one 1: 10.00 x 1.5 x 1 x 3.00 x 2.50 / 1.01 x 0.95 = 105.8168...
    settled = (settled_leg(2_000, "won", void_halves=1), settled_leg(4_000, "void"))
    assert offer_minor_max(slip_of(*settled, open_leg(3_000, 3_000), open_leg(2_500, 2_500))) == 10_581
    # Of three doubles and a treble only 3.00 x 2.00 is left: 1.00 x 6.00 / 1.01 x 0.95 = 5.6435...
    legs_of_trixie = (settled_leg(4_000, "lost"), open_leg(3_000, 3_000), open_leg(2_000, 2_000))
    assert offer_minor_max(slip_of(*legs_of_trixie, stake=400, sizes=(2, 3), lines=4)) == 564
    # Two singles: that of 2.00 is the last, since it has less to lose: 5.00 x (3.00 + 2.00 / 1.01) x 0.95 = 23.6559...
    singles = (open_leg(3_000, 3_000), open_leg(2_000, 2_000))
    assert offer_minor_max(slip_of(*singles, sizes=(1,), lines=2)) == 2_365


def test_the_highest_offer_keeps_to_the_highest_payout() -> None:
    # 50.00 x 0.95, although 10.00 x 10.00 / 1.01 would be more
    assert offer_minor_max(replace(slip_of(open_leg(10_000, 5_000)), payout_minor_max=5_000)) == 4_750


def test_nothing_open_or_nothing_left_has_no_highest_offer() -> None:
    assert offer_minor_max(slip_of(settled_leg(2_000, "won"))) == 0
    assert offer_minor_max(slip_of(settled_leg(2_000, "lost"), open_leg(3_000, 3_000))) == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "pending_delay"}, "not_accepted"),
        ({"status": "rejected"}, "not_accepted"),
        ({"status": "won"}, "settled"),
        ({"status": "cashed_out"}, "nothing_left"),
        ({"remaining_stake_minor": 0}, "nothing_left"),
        ({"is_each_way": True}, "not_offered"),
        ({"is_free_bet": True}, "not_offered"),
    ],
)
def test_slips_that_get_no_offer(changes: dict[str, object], reason: str) -> None:
    assert find_reason(replace(slip_of(open_leg(2_000, 2_000)), **changes), NOW) == reason  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"is_stopped_at_large": True}, "stopped"),
        ({"is_betting_stopped": True}, "stopped"),
        ({"event_status": "interrupted"}, "suspended"),
        ({"event_status": "completed"}, "suspended"),
        ({"market_status": "suspended"}, "suspended"),
        ({"is_priced_for_incidents": False}, "stale"),
        ({"state_versions_behind": 4}, "stale"),
        ({"is_feed_silent": True}, "stale"),
        ({"has_begun": False}, "stale"),
    ],
)
def test_one_leg_that_cannot_be_priced_ends_the_offer(changes: dict[str, object], reason: str) -> None:
    closed = open_leg(2_000, 2_000, market=replace(OPEN, **changes))  # type: ignore[arg-type]
    assert find_reason(slip_of(open_leg(2_000, 2_000), closed), NOW) == reason


def test_no_price_no_offer_and_a_lost_leg_comes_before_both() -> None:
    assert find_reason(slip_of(open_leg(2_000, None)), NOW) == "suspended"
    assert find_reason(slip_of(settled_leg(2_000, "lost"), open_leg(2_000, None)), NOW) == "lost"
    assert find_reason(slip_of(settled_leg(2_000, "won")), NOW) == "settled"
