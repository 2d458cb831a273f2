"""Matches as sources describe them, before they become rows: who plays, when, at what prices, and what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sports.core.match_plan import MatchPlan

OddsByMarket = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class CompetitionSpec:
    """A competition by the code its source uses."""

    code: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class TeamSpec:
    """A team by name within its country."""

    name: str
    country: str
    short_name: str
    color: str


@dataclass(frozen=True, slots=True)
class Fixture:
    """A match that a feed may play; `source_ref` is unique within its source."""

    source_ref: str
    competition: CompetitionSpec
    home: TeamSpec
    away: TeamSpec
    venue: str
    plan: MatchPlan
    odds: OddsByMarket

    @property
    def team_keys(self) -> frozenset[tuple[str, str]]:
        """What tells teams apart: country and name."""
        return frozenset({(self.home.country, self.home.name), (self.away.country, self.away.name)})


@dataclass(frozen=True, slots=True)
class PastMatch:
    """A finished match; `odds` is market key -> bookmaker -> outcome -> thousandths."""

    source_ref: str
    competition: CompetitionSpec
    season: str
    played_at: datetime
    home: TeamSpec
    away: TeamSpec
    home_goals: int
    away_goals: int
    outcome: Mapping[str, object] = field(default_factory=dict)
    statistics: Mapping[str, int] = field(default_factory=dict)
    odds: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
