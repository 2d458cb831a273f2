"""Payout algebra: exact factors, one floor per slip, and status by what was paid."""

from fractions import Fraction
from itertools import combinations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.payout import (
    LegResult,
    leg_factor,
    place_factor,
    potential_return,
    settle,
    slip_return,
    stake_for_return,
    sum_of_lines,
)

odds = st.integers(min_value=1_010, max_value=500_000)
stakes = st.integers(min_value=1, max_value=100_000_000)


@pytest.mark.parametrize(
    ("leg", "factor"),
    [
        (LegResult("won", 1_850), Fraction(37, 20)),
        (LegResult("lost", 1_850), Fraction(0)),
        (LegResult("void", 1_850), Fraction(1)),
        (LegResult("won", 1_900, void_halves=1), Fraction(29, 20)),
        (LegResult("lost", 1_900, void_halves=1), Fraction(1, 2)),
        (LegResult("won", 1_900, void_halves=2), Fraction(1)),
        (LegResult("won", 4_000, dead_heat_places=1, dead_heat_tied=3), Fraction(4, 3)),
        (LegResult("won", 5_000, deductions=(Fraction(1, 10), Fraction(3, 20))), Fraction(4)),
        (LegResult("won", 5_000, deductions=(Fraction(3, 5), Fraction(3, 5))), Fraction(7, 5)),
        (LegResult("void", 5_000, deductions=(Fraction(1, 2),)), Fraction(1)),
    ],
)
def test_leg_factors(leg: LegResult, factor: Fraction) -> None:
    assert leg_factor(leg) == factor


def test_place_odds_take_their_fraction_of_the_deducted_price() -> None:
    leg = LegResult("won", 9_000, deductions=(Fraction(1, 4),), place_fraction=Fraction(1, 5))

    assert place_factor(leg) == 1 + Fraction(6) / 5


@given(st.lists(st.fractions(min_value=0, max_value=10), min_size=1, max_size=7), st.data())
def test_lines_of_a_system_are_the_sum_over_all_its_combinations(factors: list[Fraction], data: st.DataObject) -> None:
    sizes = data.draw(st.sets(st.integers(min_value=1, max_value=len(factors)), min_size=1))

    expected = sum(prod(line) for size in sizes for line in combinations(factors, size))

    assert sum_of_lines(factors, sorted(sizes)) == expected


def test_twenty_legs_stay_exact() -> None:
    legs = [LegResult("won", 3_750)] * 20

    assert slip_return(100, legs, (20,)) == 100 * Fraction(15, 4) ** 20


def test_a_banker_multiplies_every_line() -> None:
    legs = [LegResult("won", 2_000), LegResult("lost", 3_000), LegResult("won", 4_000)]

    assert slip_return(10, legs, (2,), bankers=[LegResult("won", 1_500)]) == 10 * 8 * Fraction(3, 2)


@given(stakes, odds)
def test_a_won_single_pays_what_was_promised(stake_minor: int, odds_milli: int) -> None:
    exact = slip_return(stake_minor, [LegResult("won", odds_milli)], (1,))

    payout = settle(stake_minor=stake_minor, exact_return=exact, is_all_void=False)

    assert payout.payout_minor == potential_return(stake_minor, odds_milli)
    assert 0 <= exact - payout.payout_minor < 1


@given(stakes, odds, odds)
def test_worse_odds_never_pay_more(stake_minor: int, one: int, other: int) -> None:
    worse, better = sorted((one, other))

    assert potential_return(stake_minor, worse) <= potential_return(stake_minor, better)


@given(st.integers(min_value=0, max_value=10_000_000), odds)
def test_the_named_stake_is_the_largest_within_the_cap(cap_minor: int, odds_milli: int) -> None:
    stake_minor = stake_for_return(cap_minor, odds_milli)

    assert potential_return(stake_minor, odds_milli) <= cap_minor
    assert potential_return(stake_minor + 1, odds_milli) > cap_minor


@pytest.mark.parametrize(
    ("exact", "is_all_void", "status", "paid"),
    [
        (Fraction(0), False, "lost", 0),
        (Fraction(1, 2), False, "partial", 0),
        (Fraction(50), False, "partial", 50),
        (Fraction(100), False, "partial", 100),
        (Fraction(100), True, "void", 100),
        (Fraction(100) + Fraction(1, 3), False, "partial", 100),
        (Fraction(101), False, "won", 101),
    ],
)
def test_status_follows_what_was_paid(exact: Fraction, is_all_void: bool, status: str, paid: int) -> None:
    payout = settle(stake_minor=100, exact_return=exact, is_all_void=is_all_void)

    assert (payout.status, payout.payout_minor) == (status, paid)


def test_the_cap_keeps_the_uncapped_return_on_record() -> None:
    payout = settle(stake_minor=100, exact_return=Fraction(900), is_all_void=False, payout_minor_max=500)

    assert (payout.payout_minor, payout.exact_return, payout.status) == (500, Fraction(900), "won")


def test_a_free_bet_pays_its_winnings_alone() -> None:
    payout = settle(stake_minor=100, exact_return=Fraction(185), is_all_void=False, is_free_bet=True)

    assert (payout.payout_minor, payout.status) == (85, "won")
