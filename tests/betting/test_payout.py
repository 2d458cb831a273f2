"""Payout algebra: exact factors, one floor per slip, and status by what was paid."""

from fractions import Fraction
from itertools import combinations
from math import prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.payout import (
    LegResult,
    SlipTerms,
    leg_factor,
    place_factor,
    potential_return,
    settle,
    settle_slip,
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
    leg = LegResult("lost", 9_000, deductions=(Fraction(1, 4),), place_fraction=Fraction(1, 5), place_outcome="won")

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

    assert (payout.payout_minor, payout.uncapped_minor, payout.exact_return) == (500, 900, Fraction(900))
    assert payout.status == "won"


@pytest.mark.parametrize(
    ("exact", "status", "paid"),
    [
        (Fraction(0), "lost", 0),
        (Fraction(50), "lost", 0),
        (Fraction(100), "lost", 0),
        (Fraction(100) + Fraction(1, 3), "partial", 0),
        (Fraction(101), "won", 1),
        (Fraction(185), "won", 85),
    ],
)
def test_a_free_bet_pays_its_winnings_alone(exact: Fraction, status: str, paid: int) -> None:
    payout = settle(stake_minor=100, exact_return=exact, is_all_void=False, is_free_bet=True)

    assert (payout.payout_minor, payout.status) == (paid, status)


def test_an_each_way_bet_pays_both_parts_of_a_winner_and_the_place_part_of_a_placed_one() -> None:
    terms = SlipTerms(2_000, line_count=2, is_each_way=True)
    winner = LegResult("won", 9_000, place_outcome="won", place_fraction=Fraction(1, 5))
    placed = LegResult("lost", 9_000, place_outcome="won", place_fraction=Fraction(1, 5))

    assert settle_slip(terms, [winner]) == settle(stake_minor=2_000, exact_return=Fraction(11_600), is_all_void=False)
    assert settle_slip(terms, [placed]) == settle(stake_minor=2_000, exact_return=Fraction(2_600), is_all_void=False)


def test_a_tie_for_the_last_place_halves_the_place_part_alone() -> None:
    leg = LegResult("won", 9_000, place_outcome="won", place_fraction=Fraction(1, 4), place_dead_heat_tied=2)

    assert (leg_factor(leg), place_factor(leg)) == (Fraction(9), Fraction(3, 2))


def test_a_slip_waits_for_its_open_legs_unless_nothing_can_save_it() -> None:
    won, lost, unknown = LegResult("won", 2_000), LegResult("lost", 2_000), LegResult("", 2_000)
    treble = SlipTerms(100, line_sizes=(3,))

    assert settle_slip(treble, [won, won, unknown]) is None
    dead = settle_slip(treble, [won, lost, unknown])
    assert dead is not None
    assert (dead.status, dead.payout_minor) == ("lost", 0)
    assert settle_slip(SlipTerms(300, line_sizes=(2,), line_count=3), [won, lost, unknown]) is None


def test_an_each_way_leg_is_open_until_both_parts_are_known() -> None:
    terms = SlipTerms(100, line_count=2, is_each_way=True)

    assert settle_slip(terms, [LegResult("lost", 5_000)]) is None
    assert settle_slip(terms, [LegResult("void", 5_000)]) is not None


def test_a_void_free_bet_pays_nothing_and_is_void() -> None:
    payout = settle_slip(SlipTerms(100, is_free_bet=True), [LegResult("void", 5_000)])

    assert payout is not None
    assert (payout.status, payout.payout_minor) == ("void", 0)


legs_drawn = st.builds(
    LegResult,
    outcome=st.sampled_from(["won", "lost", "void"]),
    odds_milli=odds,
    void_halves=st.integers(min_value=0, max_value=2),
    is_banker=st.booleans(),
)


@given(st.lists(legs_drawn, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_legs_changes_nothing(legs: list[LegResult], random: Random) -> None:
    sizes = (max(1, sum(not leg.is_banker for leg in legs)),) if any(not leg.is_banker for leg in legs) else (0,)
    shuffled = random.sample(legs, len(legs))

    assert settle_slip(SlipTerms(1_000, sizes), legs) == settle_slip(SlipTerms(1_000, sizes), shuffled)
