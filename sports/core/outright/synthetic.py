"""The synthetic time trials: seeded riders of known strength, gaps on the road, and places at the finish.

A rider's time is strength plus Gumbel noise, so who comes before whom follows exactly the Plackett-Luce model of the
strengths: the winner is rider i with chance w_i / sum(w). On the way times are a bridge to the final ones.
"""

import math
import random
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from sports.core.fixtures import CompetitionSpec, Fixture, TeamSpec
from sports.core.market_keys import runner_outcome
from sports.core.outside_odds import quote_all, with_margin
from sports.core.progress import RunningOrder
from sports.core.synthetic_people import name_people
from sports.core.timed_plan import Moment, TimedPlan

RIDERS: Final = 48
FIELD: Final = 12
STRENGTH_SPREAD: Final = 0.9
SCALE_TENTHS: Final = 200.0  # tenths of a second that one unit of log strength is worth at the finish
STAGES: Final = 40  # how often the gaps are taken on the way
LENGTH_UNITS: Final = 95.0
WITHDRAWAL_CHANCE: Final = 0.3
WITHDRAWAL_UNITS: Final = -3.0
MARGIN: Final = 0.15
QUOTE_STAGES: Final = 5
TIE_TENTHS: Final = 10  # times are taken to the second, so that some riders share a place
COMPETITION: Final = CompetitionSpec("TT", "Solvara Time Trials", "Solvara")
COURSES: Final = ("Coast Road", "High Pass", "River Loop", "Old Quarry", "Vineyard Climb")


@dataclass(frozen=True)
class SyntheticTrials:
    """All riders of one seed; the index-th trial is a pure function of (seed, index)."""

    seed: int

    @cached_property
    def riders(self) -> tuple[TeamSpec, ...]:
        return name_people(self.seed, tour="cycling", count=RIDERS)

    def fixture(self, index: int) -> Fixture:
        """The index-th trial."""
        return _fixture(self, index)

    def field(self, index: int) -> tuple[int, ...]:
        """Who rides, as places in the list of riders; two trials in a row share nobody."""
        lap, part = divmod(index, RIDERS // FIELD)
        places = list(range(RIDERS))
        random.Random(f"{self.seed}:cycling:lap:{lap}").shuffle(places)
        return tuple(places[part * FIELD : (part + 1) * FIELD])

    def strength(self, rider: int) -> float:
        """The logarithm of a rider's true Plackett-Luce strength."""
        return random.Random(f"{self.seed}:cycling:strength:{rider}").gauss(0.0, STRENGTH_SPREAD)


@lru_cache(maxsize=64)
def _fixture(trials: SyntheticTrials, index: int) -> Fixture:
    riders = trials.field(index)
    strengths = [trials.strength(rider) for rider in riders]
    source_ref = f"{trials.seed}:cycling:{index}"
    chances = win_chances(dict(enumerate(strengths, start=1)))
    course = COURSES[index % len(COURSES)]
    return Fixture(
        source_ref=source_ref,
        competition=COMPETITION,
        entrants=tuple(trials.riders[rider] for rider in riders),
        venue=course,
        plan=ride(strengths, random.Random(f"trial:{source_ref}"), source_ref),
        odds={"outright_winner": dict(zip(chances, with_margin(list(chances.values()), MARGIN), strict=True))},
        quotes=quote_all("outright_winner", chances, event_ref=source_ref),
        sport="outright",
        name=f"{course} Time Trial {index + 1}",
    )


def win_chances(strengths: dict[int, float]) -> dict[str, float]:
    """The Plackett-Luce chances to win, by outcome, of riders with these logarithms of strength."""
    highest = max(strengths.values())
    weights = {runner_outcome(number): math.exp(one - highest) for number, one in strengths.items()}
    total = sum(weights.values())
    return {outcome: weight / total for outcome, weight in weights.items()}


def ride(strengths: list[float], draw: random.Random, event_ref: str) -> TimedPlan:
    """One trial. Now and then a rider does not start."""
    moments: list[Moment] = []
    numbers = list(range(1, len(strengths) + 1))
    if draw.random() < WITHDRAWAL_CHANCE:
        gone = draw.choice(numbers)
        numbers.remove(gone)
        moments.append(Moment(WITHDRAWAL_UNITS, "withdrawal", number=gone))
    finals = {number: SCALE_TENTHS * (strengths[number - 1] + _gumbel(draw)) for number in numbers}
    noise = dict.fromkeys(numbers, 0.0)
    for stage in range(1, STAGES):
        share = stage / STAGES
        # One step of a Brownian bridge: it has to be back at zero at the finish.
        for number in numbers:
            left = STAGES - stage
            noise[number] = noise[number] * left / (left + 1) + draw.gauss(0.0, _step(left))
        made, gaps = _running_order({number: share * finals[number] + noise[number] for number in numbers}, share)
        elapsed = share * LENGTH_UNITS
        moments.append(Moment(elapsed, made=made))
        if stage % QUOTE_STAGES == 0:
            beliefs = {
                number: (-gaps[number] / SCALE_TENTHS + strengths[number - 1] * (1 - share)) / math.sqrt(1 - share)
                for number in numbers
            }
            quotes = quote_all("outright_winner", win_chances(beliefs), event_ref=event_ref)
            moments.append(Moment(elapsed, quotes=quotes))
    moments.append(Moment(LENGTH_UNITS, "finish", places=_places(finals, len(strengths))))
    return TimedPlan("outright", tuple(moments), runners=len(strengths))


def _running_order(ahead: dict[int, float], share: float) -> tuple[RunningOrder, dict[int, int]]:
    """Who is where when each has this lead in tenths, and the gaps by number."""
    best = max(ahead.values())
    gaps = {number: round(best - lead) for number, lead in ahead.items()}
    order = sorted(gaps, key=lambda number: (gaps[number], number))
    return RunningOrder(tuple(order), tuple(gaps[number] for number in order), round(share * 100)), gaps


def _places(finals: dict[int, float], runners: int) -> tuple[int, ...]:
    seconds = {number: math.floor(final / TIE_TENTHS) for number, final in finals.items()}
    return tuple(
        1 + sum(other > seconds[number] for other in seconds.values()) if number in seconds else 0
        for number in range(1, runners + 1)
    )


def _step(left: int) -> float:
    """The deviation of one step of the bridge, with so many steps to come."""
    return SCALE_TENTHS * math.sqrt(left / (left + 1) / STAGES)


def _gumbel(draw: random.Random) -> float:
    return -math.log(-math.log(1.0 - draw.random() or 1e-300))
