"""Matches as sources describe them, before they become rows: who plays, when, at what prices, and what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sports.core.incidents import SportSlug
from sports.core.match_plan import MatchPlan
from sports.core.outside_odds import Quotes
from sports.core.timed_plan import TimedPlan

OddsByMarket = Mapping[str, Mapping[str, int]]
AnyPlan = MatchPlan | TimedPlan


@dataclass(frozen=True, slots=True)
class CompetitionSpec:
    """A competition by the code its source uses."""

    code: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class TeamSpec:
    """A team, or a player who takes part alone, by name within its country."""

    name: str
    country: str
    short_name: str
    color: str


@dataclass(frozen=True, slots=True)
class Fixture:
    """An event that a feed may play; `source_ref` is unique within its source.

    The entrants are the home and the away side, or the numbered field of an outright event, which has a `name`. `odds`
    are the market's before the start, `quotes` those of single bookmakers.
    """

    source_ref: str
    competition: CompetitionSpec
    entrants: tuple[TeamSpec, ...]
    venue: str
    plan: AnyPlan
    odds: OddsByMarket
    quotes: Quotes = field(default_factory=dict)
    sport: SportSlug = "football"
    name: str = ""

    @property
    def home(self) -> TeamSpec:
        return self.entrants[0]

    @property
    def away(self) -> TeamSpec:
        return self.entrants[1]

    @property
    def team_keys(self) -> frozenset[tuple[str, str]]:
        """What tells those who take part apart: country and name."""
        return frozenset((one.country, one.name) for one in self.entrants)


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
