"""Bets are settled by the payout engine, corrections move money both ways, and measures are exact."""

from dataclasses import replace
from datetime import timedelta

import pytest

from betting.core.strategies.backtest import BackTest, Closing, Played, Results, Worth, run, settle_single
from betting.core.strategies.decide import Bet, Memory
from betting.core.strategies.measures import EQUITY_POINTS_MAX, measure, thin_out
from betting.core.strategies.recording import OutsidePrice, Seen, moments_of
from betting.core.strategies.ticks import Tick
from sports.core.outside_odds import PREMATCH_SOURCE
from tests.betting.strategies.feeds import NOON, at, offer, recording, strategy, tick


def paid(worth: Worth, *, stake_minor: int = 1_000, odds_milli: int = 2_500) -> tuple[int, str]:
    settled = settle_single(stake_minor=stake_minor, odds_milli=odds_milli, placed_at=NOON, worth=worth)
    assert settled is not None
    return settled.payout_minor, settled.status


@pytest.mark.parametrize(
    ("worth", "expected"),
    [
        (Worth("won"), (2_500, "won")),
        (Worth("lost"), (0, "lost")),
        (Worth("void", 2), (1_000, "void")),
        (Worth("won", 1), (1_750, "won")),
        (Worth("lost", 1), (500, "partial")),
        (Worth("won", dead_heat_places=1, dead_heat_tied=2), (1_250, "won")),
        (Worth("won", deductions=((20, at(1)),)), (2_200, "won")),
        (Worth("won", deductions=((20, at(0)),)), (2_500, "won")),
        (Worth("won", cancelled=((at(-5), at(5)),)), (1_000, "void")),
        (Worth("won", cancelled=((None, at(0)),)), (2_500, "won")),
        (Worth("lost", cancelled=((at(0), None),)), (1_000, "void")),
    ],
)
def test_singles_pay_what_slips_pay(worth: Worth, expected: tuple[int, str]) -> None:
    assert paid(worth) == expected


def test_a_window_makes_a_bet_void_before_there_is_a_result_and_its_undoing_opens_it() -> None:
    plan = strategy()
    test = BackTest(plan, Memory.start(plan.rules))
    name = offer().selection_id
    test.see(tick(offer(odds_milli=2_500)))

    test.see(Results("match", at(10), {name: Worth("", cancelled=((at(100), None),))}))
    assert (test.played[0].status, test.memory.bank_minor) == (None, 9_000)
    test.see(Results("match", at(20), {name: Worth("", cancelled=((None, None),))}))
    assert (test.played[0].status, test.memory.bank_minor) == ("void", 10_000)
    test.see(Results("match", at(30), {name: Worth("")}))
    assert (test.played[0].status, test.memory.bank_minor) == (None, 9_000)


def test_the_bank_follows_stakes_payouts_and_corrections() -> None:
    plan = strategy()
    test = BackTest(plan, Memory.start(plan.rules))
    name = offer().selection_id

    test.see(tick(offer(odds_milli=2_500)))
    assert test.memory.bank_minor == 9_000
    test.see(Results("match", at(100), {name: Worth("won")}))
    assert (test.memory.bank_minor, test.memory.realised_minor) == (11_500, 1_500)
    test.see(Results("match", at(200), {name: Worth("lost")}))
    assert (test.memory.bank_minor, test.memory.realised_minor) == (9_000, -1_000)
    assert test.equity == [(at(100), 1_500), (at(200), -1_000)]
    assert (test.played[0].payout_minor, test.played[0].status) == (0, "lost")


def test_closing_prices_belong_to_bets_from_before_play() -> None:
    plan = strategy(limits={"bets_per_event": 3})
    early, late = offer("home"), offer("away")

    test = run(
        plan,
        [
            tick(early, phase="scheduled", at=at(-10)),
            Closing("match", at(0), {early.selection_id: 1_900, late.selection_id: 3_000}),
            tick(late, at=at(30)),
        ],
    )

    assert [one.closing_odds_milli for one in test.played] == [1_900, None]


def test_a_recording_gives_the_closing_prices_of_its_last_tick_before_kick_off() -> None:
    closing = [moment for moment in moments_of(recording()) if isinstance(moment, Closing)]

    assert [one.at for one in closing] == [at(0)]
    last = {move.selection_id: move.odds_milli for move in recording().prices if move.at < at(0)}
    assert closing[0].odds_milli == last


def test_the_market_of_before_the_start_is_no_outside_price_in_play() -> None:
    stored = recording()
    kept = [OutsidePrice(at(-55), PREMATCH_SOURCE, "1x2", outcome, 2_400) for outcome in ("home", "draw")]
    seen = {
        (moment.at, offer.outcome): offer.outside_odds_milli
        for moment in moments_of(replace(stored, outside=[*kept, *stored.outside]))
        if isinstance(moment, Tick)
        for offer in moment.offers
        if offer.market_key == "1x2"
    }

    assert [seen[at(-60), "home"], seen[at(-55), "home"], seen[at(-5), "home"], seen[at(-5), "draw"]] == [
        None,
        2_400,
        2_400,
        2_400,
    ]
    assert [seen[at(5), "home"], seen[at(5), "draw"]] == [2_000, None]


def test_a_withdrawal_before_the_off_begins_nothing() -> None:
    race = replace(
        recording(),
        sport="outright",
        incidents=[Seen(at(-30), "withdrawal", "", 0, 0, 0), Seen(at(-9.5), "off", "", 0, 0, 0)],
    )

    moments = moments_of(race)

    phases = {moment.at: moment.phase for moment in moments if isinstance(moment, Tick)}
    assert [phases[at(minute)] for minute in (-31, -30, -10, -9)] == ["scheduled", "scheduled", "scheduled", "playing"]
    closing = [moment for moment in moments if isinstance(moment, Closing)]
    assert [one.at for one in closing] == [at(-9.5)]
    assert closing[0].odds_milli == {move.selection_id: move.odds_milli for move in race.prices if move.at == at(-10)}


def test_a_walkover_has_no_closing_prices() -> None:
    match = replace(recording(), sport="tennis", incidents=[Seen(at(-30), "walkover", "home", 0, 0, 0)])

    assert not [moment for moment in moments_of(match) if isinstance(moment, Closing)]


def played(profit_minor: int, event: str, *, closing: int | None = None, chance: int = 500_000) -> Played:
    bet = Bet(event, f"{event}:x", "1x2", "home", NOON, "scheduled", 0, 2_000, 1_000, 480_000, chance)
    one = Played(bet, closing, 1_000 + profit_minor, "won" if profit_minor > 0 else "lost")
    return one if profit_minor else replace(one, payout_minor=1_000, status="void")


def test_measures_are_exact() -> None:
    bets = [
        played(1_000, "a", closing=1_600, chance=610_000),
        played(-1_000, "b", closing=2_500, chance=640_000),
        played(-1_000, "c"),
        played(0, "d"),
    ]
    equity = [(at(1), 1_000), (at(2), 0), (at(3), -1_000)]

    found = measure(bets, equity, bank_minor=10_000, seed=7)

    assert (found.bets, found.settled, found.events) == (4, 4, 4)
    assert (found.staked_minor, found.profit_minor, found.roi) == (4_000, -1_000, -0.25)
    assert found.hit_rate == round(1 / 3, 6)
    assert (found.max_drawdown_minor, found.max_drawdown) == (2_000, round(2 / 11, 6))
    assert found.longest_losing_run == 2
    assert (found.closing_line_value, found.beat_the_close, found.closing_line_bets) == (0.025, 0.5, 2)
    assert [(one.low, one.bets, one.predicted, one.won) for one in found.calibration] == [
        (0.5, 1, 0.5, 0.0),
        (0.6, 2, 0.625, 0.5),
    ]


def test_the_interval_is_seeded_and_draws_events() -> None:
    bets = [played(1_000 if number % 3 else -1_000, f"event {number}") for number in range(90)]
    crowded = [replace(one, bet=replace(one.bet, event_id=f"event {number // 30}")) for number, one in enumerate(bets)]

    first, again = (measure(bets, [], bank_minor=1, seed=5) for _ in range(2))
    other = measure(bets, [], bank_minor=1, seed=6)

    assert (first.roi_low, first.roi_high) == (again.roi_low, again.roi_high)
    assert (first.roi_low, first.roi_high) != (other.roi_low, other.roi_high)
    assert first.roi == round(1 / 3, 6)
    assert first.roi_low is not None
    assert first.roi_high is not None
    assert 0.05 < first.roi_low < 0.2 < 0.45 < first.roi_high < 0.6
    # three events of thirty bets with the same mean each: drawing events shows no spread at all
    few = measure(crowded, [], bank_minor=1, seed=5)
    assert (few.roi_low, few.roi_high) == (first.roi, first.roi)


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_is_that_of_four_events_drawn_with_replacement(seed: int) -> None:
    """One event of two bets wins 60 of 20, three lose 10 each. It is drawn k times by Bin(4, 1/4): never in 32 %, which
    is the lower end; at least three times in 5.1 % and four times in 0.4 %, so that the upper end is three times."""
    bets = [played(5_000, "a"), played(1_000, "a"), *(played(-1_000, event) for event in ("b", "c", "d"))]

    found = measure(bets, [], bank_minor=1, seed=seed)

    assert (found.roi, found.roi_low, found.roi_high) == (0.6, -1.0, round((3 * 60 - 10) / (3 * 20 + 10), 6))


def test_the_deepest_fall_and_its_share_are_of_one_peak() -> None:
    # 100 falls to 60 by 40 (40 %), rises to 1,000 and falls by 100 (10 %): the second is the deepest.
    equity = [(at(1), -4_000), (at(2), 90_000), (at(3), 80_000), (at(4), 85_000)]

    found = measure([], equity, bank_minor=10_000, seed=1)

    assert (found.max_drawdown_minor, found.max_drawdown) == (10_000, 0.1)


def test_nothing_can_be_said_of_no_bets() -> None:
    found = measure([], [], bank_minor=10_000, seed=1)

    assert (found.bets, found.roi, found.roi_low, found.hit_rate, found.closing_line_value) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert (found.max_drawdown_minor, found.calibration) == (0, ())
    assert measure([played(500, "a")], [], bank_minor=1, seed=1).roi_low is None


def test_curves_keep_their_last_point() -> None:
    curve = [(NOON + timedelta(hours=hour), hour) for hour in range(1_003)]

    thin = thin_out(curve)

    assert len(thin) <= EQUITY_POINTS_MAX
    assert (thin[0], thin[-1]) == (curve[0], curve[-1])
    assert thin_out(curve[:5]) == curve[:5]
