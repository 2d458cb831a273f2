"""The gate: what happens after an instant changes nothing that was decided up to it, byte by byte."""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from betting.core.strategies.backtest import Moment, Worth, run
from betting.core.strategies.recording import Opinion, PriceMove, Recording, Seen, moments_of
from betting.core.strategies.seasons import SeasonMatch, SeasonWalk
from betting.core.strategies.ticks import Tick
from ml.core.goal_rates import GoalRates
from ml.core.market_view import read_market_view
from ml.core.ratings import Fixture, Played
from ml.core.training_set import PastMatch
from tests.betting.strategies.feeds import ALWAYS, at, recording, strategy

CUTS = [-45, -30, 0, 20.2, 33, 46, 70.1, 80, 97, 120]
EAGER: dict[str, Any] = {
    "markets": ["1x2", "over_under"],
    "when": {
        "kind": "any",
        "of": [
            {
                "kind": "all",
                "of": [
                    {"kind": "is", "fact": "outcome", "values": ["home", "over"]},
                    {"kind": "compare", "fact": "odds", "op": "above", "value": {"fact": "outside_odds", "times": 0.8}},
                ],
            },
            {
                "kind": "all",
                "of": [
                    {"kind": "is", "fact": "phase", "values": ["first_half", "second_half"]},
                    {"kind": "compare", "fact": "price_move", "op": "above", "value": 0.03},
                ],
            },
            {"kind": "compare", "fact": "expected_value", "op": "above", "value": 0.9},
        ],
    },
    "staking": {"plan": "percent", "percent": "4"},
    "limits": {"bets_per_event": 50},
}


# In a season without outside prices and moves, value is all there is to go by.
HUNGRY: dict[str, Any] = EAGER | {"when": {"kind": "compare", "fact": "expected_value", "op": "above", "value": 0}}


def decisions(moments: Sequence[Moment], until: datetime, rules: dict[str, Any] = EAGER) -> bytes:
    """The bets up to an instant as they would be kept."""
    test = run(strategy(**rules), moments)
    return json.dumps([asdict(one.bet) for one in test.played if one.bet.at <= until], default=str).encode()


def with_another_future(stored: Recording, cut: datetime, seed: int) -> Recording:
    """Everything after the cut is replaced: prices, goals, opinions, outside prices, results."""
    chance = random.Random(seed)

    def price(move: PriceMove) -> PriceMove:
        milli = chance.randrange(1_010, 9_000)
        return replace(move, odds_milli=milli, market_millionths=1_000_000_000 // milli)

    def goal(seen: Seen) -> Seen:
        return replace(seen, home_score=chance.randrange(9), away_score=chance.randrange(9))

    return replace(
        stored,
        prices=[move if move.at <= cut else price(move) for move in stored.prices],
        incidents=[seen if seen.at <= cut else goal(seen) for seen in stored.incidents],
        outside=[one if one.at <= cut else replace(one, odds_milli=9_000) for one in stored.outside],
        opinions=[one if one.at <= cut else Opinion(one.at, GoalRates(3.0, 0.4)) for one in stored.opinions],
        results=[
            one if one.at <= cut else replace(one, worth=Worth(chance.choice(["won", "lost", "void"])))
            for one in stored.results
        ],
    )


@pytest.mark.parametrize("minutes", CUTS)
def test_another_future_leaves_earlier_decisions_byte_identical(minutes: float) -> None:
    stored, cut = recording(), at(minutes)
    before = decisions(moments_of(stored), cut)

    for seed in range(5):
        assert decisions(moments_of(with_another_future(stored, cut, seed)), cut) == before


@pytest.mark.parametrize("minutes", CUTS)
def test_no_future_at_all_leaves_earlier_decisions_byte_identical(minutes: float) -> None:
    stored, cut = recording(), at(minutes)
    bare = replace(
        stored,
        prices=[one for one in stored.prices if one.at <= cut],
        incidents=[one for one in stored.incidents if one.at <= cut],
        outside=[one for one in stored.outside if one.at <= cut],
        opinions=[one for one in stored.opinions if one.at <= cut],
        results=[one for one in stored.results if one.at <= cut],
    )

    assert decisions(moments_of(bare), cut) == decisions(moments_of(stored), cut)


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_moments_of_the_future_leave_earlier_decisions_byte_identical(seed: int) -> None:
    moments, cut = moments_of(recording()), at(33)
    before = decisions(moments, cut)
    past = [one for one in moments if one.at <= cut]
    future = [one for one in moments if one.at > cut]
    times = [one.at for one in future]
    random.Random(seed).shuffle(times)
    shuffled = [replace(one, at=when) for one, when in zip(future, times, strict=True)]

    assert decisions([*past, *shuffled], cut) == before


def test_the_gate_would_see_a_strategy_that_knows_the_result() -> None:
    """The control: with the result smuggled into the ticks before it, decisions do change."""
    stored, cut = recording(), at(33)

    def smuggled(recorded: Recording) -> list[Moment]:
        won = {one.selection_id for one in recorded.results if one.worth.outcome == "won"}
        return [
            replace(
                one,
                offers=tuple(
                    replace(offer, model_millionths=990_000 if offer.selection_id in won else 10_000)
                    for offer in one.offers
                ),
            )
            if isinstance(one, Tick)
            else one
            for one in moments_of(recorded)
        ]

    futures = {decisions(smuggled(with_another_future(stored, cut, seed)), cut) for seed in range(5)}

    assert len(futures) > 1


def test_there_are_decisions_on_both_sides_of_the_cuts() -> None:
    test = run(strategy(**EAGER), moments_of(recording()))

    assert {one.bet.phase for one in test.played} >= {"scheduled", "first_half"}
    assert len(test.played) >= 4
    assert all(one.status is not None for one in test.played)


def test_replaying_twice_is_the_same() -> None:
    moments = moments_of(recording())

    assert decisions(moments, at(999)) == decisions(list(reversed(moments)), at(999))


def test_nobody_bets_between_a_goal_and_the_next_minute() -> None:
    stops = [one for one in moments_of(recording()) if isinstance(one, Tick) and one.is_stopped]
    minutes = [one.minute for one in stops]

    # the goals of 20' and 70' came in after those minutes' prices; the end stops everything
    assert minutes == []
    late = replace(
        recording(), incidents=[Seen(at(0), "kick_off", "", 0, 0, 0), Seen(at(20), "goal", "home", 20, 1, 0)]
    )
    assert [one.minute for one in moments_of(late) if isinstance(one, Tick) and one.is_stopped] == [20]


def season(seed: int, *, after: int | None = None) -> list[SeasonMatch]:
    """Sixty days of one match a day and two more in the same hour; results after a day come from the other seed."""
    matches = []
    for day in range(60):
        for slot in range(3):
            chance = random.Random(f"{day}:{slot}:{seed if after is not None and day > after else 1}")
            home, away = f"team {(day + slot) % 6}", f"team {(day + 2 * slot + 3) % 6 + 6}"
            odds = {"1x2": {"home": 2_100, "draw": 3_300, "away": 3_500}}
            market = read_market_view(odds)
            assert market is not None
            played = Played(chance.randrange(5), chance.randrange(4), market=market.rates())
            fixture = Fixture(float(day), "league", home, away)
            when = at(24 * 60 * day)
            matches.append(SeasonMatch(f"{day:02}:{slot}", when, PastMatch(fixture, market, played), odds, odds))
    return matches


def season_moments(matches: list[SeasonMatch]) -> list[Moment]:
    walk = SeasonWalk()
    return [moment for match in matches for moment in walk.moments_of(match)]


@pytest.mark.parametrize("day", [20, 40, 55])
def test_later_matches_of_a_season_leave_earlier_decisions_byte_identical(day: int) -> None:
    cut = at(24 * 60 * day) + timedelta(hours=2)
    before = decisions(season_moments(season(1)), cut, HUNGRY)

    assert json.loads(before) != []
    for seed in (2, 3, 4):
        assert decisions(season_moments(season(seed, after=day)), cut, HUNGRY) == before


def test_matches_of_one_hour_know_nothing_of_each_other() -> None:
    """The competition's mean is learnt from every match: at once would be too early."""
    one, two = season(1), season(1)
    changed = two[-3]
    two[-3] = replace(changed, past=replace(changed.past, played=Played(9, 9)))

    ticks = [[moment for moment in season_moments(matches) if isinstance(moment, Tick)][-1] for matches in (one, two)]
    assert ticks[0] == ticks[1]
    assert ticks[0].offers[0].model_millionths is not None


def test_always_is_a_condition_that_always_holds() -> None:
    assert len(run(strategy(when=ALWAYS), moments_of(recording())).played) == 3
