"""Where fixtures come from: recorded football matches where there are some, else synthetic ones of every sport."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from sports.core.basketball.synthetic import SyntheticLeague as BasketballLeague
from sports.core.fixtures import Fixture
from sports.core.incidents import SportSlug
from sports.core.outright.synthetic import SyntheticTrials
from sports.core.synthetic import SyntheticLeague, competitions_for
from sports.core.tennis.synthetic import SyntheticTour
from sports.importers.timelines import RecordedMatch, list_recorded_matches

REPLAY_DIVISIONS: Final = ("E0", "SP1", "I1", "D1", "F1", "N1", "B1", "P1")
REPLAY_SEASONS: Final = ("2018-19", "2019-20", "2020-21")
# What models learn from lies before what is replayed, so that no model has seen the match it speaks about.
HISTORY_SEASONS: Final = ("2015-16", "2016-17", "2017-18")

RECORDED_SOURCE: Final = "recorded timelines"
SYNTHETIC_SOURCE: Final = "synthetic league"
RESULTS_SOURCE: Final = "recorded results"


class FixtureSource(Protocol):
    """An endless, numbered supply of fixtures; the same number always gives the same one, or None for a dud."""

    @property
    def source_name(self) -> str: ...

    @property
    def data_type(self) -> str: ...

    @property
    def sport(self) -> SportSlug: ...

    def find_fixture(self, index: int) -> Fixture | None: ...


@dataclass(frozen=True)
class SyntheticSource:
    """The synthetic league, season after season."""

    league: SyntheticLeague
    source_name: str = SYNTHETIC_SOURCE
    data_type: str = "synthetic matches"
    sport: SportSlug = "football"

    def find_fixture(self, index: int) -> Fixture | None:
        return self.league.fixture(index)


@dataclass(frozen=True)
class RecordedSource:
    """Recorded matches, season by season in a seeded order; after the last one it begins again."""

    matches: Sequence[RecordedMatch]
    source_name: str = RECORDED_SOURCE
    data_type: str = "match timelines"
    sport: SportSlug = "football"
    fixtures: dict[int, Fixture | None] = field(default_factory=dict, repr=False)

    def find_fixture(self, index: int) -> Fixture | None:
        lap, place = divmod(index, len(self.matches))
        if index not in self.fixtures:
            if len(self.fixtures) > 512:  # enough for every candidate in sight
                self.fixtures.clear()
            self.fixtures[index] = self.matches[place].to_fixture(lap)
        return self.fixtures[index]


@dataclass(frozen=True)
class TennisSource:
    """The synthetic tour, round after round."""

    tour: SyntheticTour
    source_name: str = "synthetic tennis"
    data_type: str = "synthetic matches"
    sport: SportSlug = "tennis"

    def find_fixture(self, index: int) -> Fixture | None:
        return self.tour.fixture(index)


@dataclass(frozen=True)
class BasketballSource:
    """The synthetic basketball league, round after round."""

    league: BasketballLeague
    source_name: str = "synthetic basketball"
    data_type: str = "synthetic matches"
    sport: SportSlug = "basketball"

    def find_fixture(self, index: int) -> Fixture | None:
        return self.league.fixture(index)


@dataclass(frozen=True)
class TrialSource:
    """The synthetic time trials, one after the other."""

    trials: SyntheticTrials
    source_name: str = "synthetic time trials"
    data_type: str = "synthetic outright events"
    sport: SportSlug = "outright"

    def find_fixture(self, index: int) -> Fixture | None:
        return self.trials.fixture(index)


def open_other_sources(*, seed: int) -> tuple[TennisSource, BasketballSource, TrialSource]:
    """The sources of every sport but football."""
    return (
        TennisSource(SyntheticTour(seed)),
        BasketballSource(BasketballLeague(seed)),
        TrialSource(SyntheticTrials(seed)),
    )


def open_source(*, folder: Path | None, seed: int, live_matches: int) -> FixtureSource:
    """The source for these settings: recorded matches of the folder, or the synthetic league of the seed."""
    if folder is not None:
        matches = list_recorded_matches(folder, seasons=REPLAY_SEASONS, divisions=REPLAY_DIVISIONS)
        if matches:
            return RecordedSource(_shuffled(matches, seed))
    return SyntheticSource(SyntheticLeague(seed, competitions_for(live_matches)))


def _shuffled(matches: Sequence[RecordedMatch], seed: int) -> list[RecordedMatch]:
    """Seasons in their order, the matches of each mixed, so that every league is on at any time."""
    order = random.Random(f"replay:{seed}")
    keyed = [(str(match.row["season"]), order.random(), match) for match in matches]
    return [match for _, _, match in sorted(keyed, key=lambda entry: entry[:2])]
