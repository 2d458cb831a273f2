"""The synthetic basketball league: seeded teams that score so much a possession, and matches drawn possession by
possession. Sides take turns of fifteen seconds.
"""

import math
import random
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from sports.core.basketball import reducer
from sports.core.basketball.state import QUARTERS, BasketballState
from sports.core.fixtures import CompetitionSpec, Fixture, TeamSpec
from sports.core.incidents import RecordedIncident, Side
from sports.core.outside_odds import quote_all, with_margin
from sports.core.progress import GameClock
from sports.core.synthetic_names import name_league
from sports.core.timed_plan import Moment, TimedPlan

TEAMS: Final = 16
POSSESSION_SECONDS: Final = 15  # of either side
# The chances of a possession of an average side; what is left ends without points. Their mean is one point.
POINT_CHANCES: Final = ((3, 0.12), (2, 0.30), (1, 0.04))
POINTS_VARIANCE: Final = sum(chance * points * points for points, chance in POINT_CHANCES) - 1.0
RATE_SPREAD: Final = 0.05
HOME_RATE: Final = 0.02  # what the home side scores more a possession, and the away side less
RATE_MIN: Final = 0.7
RATE_MAX: Final = 1.35
MINUTE_UNITS: Final = 2.0  # a minute of play takes two of the feed's match minutes, for there are forty
BREAK_UNITS: Final = 2.0
HALF_TIME_UNITS: Final = 4.0
TICK_SECONDS: Final = 30
QUOTE_SECONDS: Final = 150
MARGIN: Final = 0.05
COMPETITION: Final = CompetitionSpec("HOOP", "Estmark Basket League", "Estmark")
NAMES: Final = ("{} Comets", "{} Herons", "{} Foundry", "{} Lynx", "{} Tides", "{} Kestrels")


@dataclass(frozen=True, slots=True)
class ScoringRates:
    """Points a possession of each side."""

    home: float
    away: float


@dataclass(frozen=True)
class SyntheticLeague:
    """All teams of one seed; the index-th match is a pure function of (seed, index)."""

    seed: int

    @cached_property
    def teams(self) -> tuple[TeamSpec, ...]:
        league = name_league(self.seed, 1)
        return tuple(
            TeamSpec(NAMES[place % len(NAMES)].format(town), "Estmark", team.short_name, team.color)
            for place, (town, team) in enumerate(zip(league.towns[:TEAMS], league.teams[:TEAMS], strict=True))
        )

    @cached_property
    def towns(self) -> tuple[str, ...]:
        return name_league(self.seed, 1).towns[:TEAMS]

    def fixture(self, index: int) -> Fixture:
        """The index-th match: in every round each team meets another one."""
        return _fixture(self, index)

    def pairing(self, index: int) -> tuple[int, int]:
        """Who plays in the index-th match, as places in the list of teams."""
        round_number, match = divmod(index, TEAMS // 2)
        places = list(range(TEAMS))
        random.Random(f"{self.seed}:basketball:round:{round_number}").shuffle(places)
        return places[2 * match], places[2 * match + 1]

    def rates(self, home: int, away: int) -> ScoringRates:
        """The true points a possession of both."""
        home_attack, home_defence = self._strength(home)
        away_attack, away_defence = self._strength(away)
        return ScoringRates(
            _bounded(1.0 + HOME_RATE + home_attack - away_defence),
            _bounded(1.0 - HOME_RATE + away_attack - home_defence),
        )

    def _strength(self, team: int) -> tuple[float, float]:
        draw = random.Random(f"{self.seed}:basketball:strength:{team}")
        return draw.gauss(0.0, RATE_SPREAD), draw.gauss(0.0, RATE_SPREAD)


def win_chance(rates: ScoringRates, *, lead: int, seconds_left: float) -> float:
    """About the chance of the home side to win, its lead at the end taken as normal; overtime counts half each."""
    possessions = seconds_left / (2 * POSSESSION_SECONDS)
    deviation = math.sqrt(possessions * 2 * (POINTS_VARIANCE + 0.02)) or 0.1
    return 0.5 * (1 + math.erf((lead + possessions * (rates.home - rates.away)) / (deviation * math.sqrt(2))))


@lru_cache(maxsize=256)
def _fixture(league: SyntheticLeague, index: int) -> Fixture:
    home, away = league.pairing(index)
    rates = league.rates(home, away)
    source_ref = f"{league.seed}:basketball:{index}"
    seconds = QUARTERS * BasketballState().length_of(1)
    chances = _chances(win_chance(rates, lead=0, seconds_left=seconds))
    line = math.floor(seconds / (2 * POSSESSION_SECONDS) * (rates.home + rates.away)) + 0.5
    return Fixture(
        source_ref=source_ref,
        competition=COMPETITION,
        entrants=(league.teams[home], league.teams[away]),
        venue=f"{league.towns[home]} Arena",
        plan=play(rates, random.Random(f"match:{source_ref}"), source_ref),
        odds={
            "match_winner": dict(zip(chances, with_margin(list(chances.values()), MARGIN), strict=True)),
            f"total_points;total={line}": dict(zip(("over", "under"), with_margin([0.5, 0.5], MARGIN), strict=True)),
        },
        quotes=quote_all("match_winner", chances, event_ref=source_ref),
        sport="basketball",
    )


def play(rates: ScoringRates, draw: random.Random, event_ref: str) -> TimedPlan:
    """One match drawn possession by possession, with as many overtimes as it needs."""
    state = reducer.apply(BasketballState(), RecordedIncident(1, "tip_off", "", 0, 0))
    moments: list[Moment] = []
    start = 0.0
    while True:
        length = state.length_of(state.period)
        for gone in range(POSSESSION_SECONDS, length + 1, POSSESSION_SECONDS):
            state = _possession(rates, state, draw, (start, length, gone), event_ref, moments)
        start += length / 60 * MINUTE_UNITS
        moments.append(Moment(start, "period_end", minute=state.minute, made=GameClock(0)))
        state = reducer.apply(state, RecordedIncident(0, "period_end", "", 0, 0))
        if state.phase == "completed":
            return TimedPlan("basketball", tuple(moments))
        start += HALF_TIME_UNITS if state.period == QUARTERS // 2 else BREAK_UNITS
        moments.append(Moment(start, "period_start", minute=state.minute))
        state = reducer.apply(state, RecordedIncident(0, "period_start", "", 0, 0))


def _possession(
    rates: ScoringRates,
    state: BasketballState,
    draw: random.Random,
    when: tuple[float, int, int],
    event_ref: str,
    moments: list[Moment],
) -> BasketballState:
    """One side's turn, which ends with a basket or without; `when` is the period's start, its length, seconds gone."""
    start, length, gone = when
    is_home = gone // POSSESSION_SECONDS % 2 == state.period % 2
    side: Side = "home" if is_home else "away"
    points = _draw_points(rates.home if is_home else rates.away, draw)
    left = max(1, length - gone + draw.randint(0, POSSESSION_SECONDS - 6))
    elapsed = start + (length - left) / 60 * MINUTE_UNITS
    state = reducer.run_clock(state, seconds_left=left)
    if points:
        state = reducer.apply(state, RecordedIncident(0, "basket", side, 0, 0, points))
        moments.append(Moment(elapsed, "basket", side, state.minute, points, made=GameClock(left)))
    elif gone % TICK_SECONDS == 0:
        moments.append(Moment(elapsed, made=GameClock(left)))
    if gone % QUOTE_SECONDS == 0 and state.period <= QUARTERS and gone < length:
        home, away = state.headline
        seconds_left = left + (QUARTERS - state.period) * state.length_of(1)
        chances = _chances(win_chance(rates, lead=home - away, seconds_left=seconds_left))
        moments.append(Moment(elapsed, quotes=quote_all("match_winner", chances, event_ref=event_ref)))
    return state


def _draw_points(rate: float, draw: random.Random) -> int:
    chance = draw.random() / rate
    for points, share in POINT_CHANCES:
        if chance < share:
            return points
        chance -= share
    return 0


def _chances(home: float) -> dict[str, float]:
    return {"home": home, "away": 1.0 - home}


def _bounded(rate: float) -> float:
    return min(RATE_MAX, max(RATE_MIN, rate))
