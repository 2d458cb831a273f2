"""Team ratings learnt match by match: from goals and shots, and from what bookmakers thought of finished matches.

A match's features are read before it is learnt, so nothing of a match or of anything later can enter them.
"""

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from ml.core.goal_rates import CORRELATION_TYPICAL, GoalRates

ELO_START: Final = 1_500.0
ELO_STEP: Final = 20.0
ELO_HOME: Final = 65.0  # what playing at home is worth
ELO_SCALE: Final = 400.0
GOALS_STEP: Final = 0.025  # how far one match moves a log rate per goal of surprise
MARKET_STEP: Final = 0.45  # prices carry far less noise than goals
BASE_STEP: Final = 0.004
NEWCOMER: Final = -0.12  # teams that appear were mostly promoted: they score less and concede more
HOME_BASE: Final = math.log(1.53)
AWAY_BASE: Final = math.log(1.17)
ON_TARGET_WORTH: Final = 0.285  # goals that a shot on target is worth
OFF_TARGET_WORTH: Final = 0.028
SHOTS_WEIGHT: Final = 0.35  # of the performance; shots repeat themselves better than goals
FORM_MATCHES: Final = 5
REST_DAYS_MAX: Final = 21.0
RATE_BOUNDS: Final = (-2.5, 1.8)  # of a log rate: between 0.08 and 6 goals


@dataclass(frozen=True, slots=True)
class Fixture:
    """Who meets whom, and when in days since any fixed day. Teams and competitions are named, not numbered."""

    day: float
    competition: str
    home: str
    away: str


@dataclass(frozen=True, slots=True)
class Played:
    """What is known after the match. Shots are None where nobody counted; `market` is the last view before kick-off."""

    home_goals: int
    away_goals: int
    home_on_target: int | None = None
    away_on_target: int | None = None
    home_shots: int | None = None
    away_shots: int | None = None
    market: GoalRates | None = None

    @property
    def outcome(self) -> int:
        """0 home win, 1 draw, 2 away win."""
        lead = self.home_goals - self.away_goals
        return 0 if lead > 0 else 1 if lead == 0 else 2


@dataclass(slots=True)
class TeamRating:
    """One team. Attack and defence are logs: a defence of 0.1 makes opponents score a tenth less."""

    elo: float = ELO_START
    attack: float = NEWCOMER
    defence: float = NEWCOMER
    market_attack: float = NEWCOMER
    market_defence: float = NEWCOMER
    matches: int = 0
    last_day: float | None = None
    points: list[int] = field(default_factory=list)
    goals_for: list[int] = field(default_factory=list)
    goals_against: list[int] = field(default_factory=list)


@dataclass(slots=True)
class CompetitionBase:
    """Log goals of an average home and away side."""

    home: float = HOME_BASE
    away: float = AWAY_BASE


@dataclass(frozen=True, slots=True)
class RatingView:
    """What the ratings say about a fixture, by goals and shots and by past markets."""

    home: TeamRating
    away: TeamRating
    goals: GoalRates
    market: GoalRates


class RatingBook:
    """All ratings at one moment."""

    def __init__(self) -> None:
        self._teams: dict[str, TeamRating] = {}
        self._bases: dict[str, CompetitionBase] = {}

    def view(self, fixture: Fixture) -> RatingView:
        """The ratings of a fixture as they stand; nothing is learnt."""
        home = self._teams.get(fixture.home) or TeamRating()
        away = self._teams.get(fixture.away) or TeamRating()
        base = self._bases.get(fixture.competition) or CompetitionBase()
        return RatingView(
            home=home,
            away=away,
            goals=_rates(base.home + home.attack - away.defence, base.away + away.attack - home.defence),
            market=_rates(
                base.home + home.market_attack - away.market_defence,
                base.away + away.market_attack - home.market_defence,
            ),
        )

    def learn(self, fixture: Fixture, played: Played) -> None:
        """Move both teams' ratings towards what happened."""
        view = self.view(fixture)
        home = self._teams.setdefault(fixture.home, view.home)
        away = self._teams.setdefault(fixture.away, view.away)
        base = self._bases.setdefault(fixture.competition, CompetitionBase())
        _learn_goals(home, away, base, view.goals, played)
        if played.market is not None:
            _learn_market(home, away, view.market, played.market)
        _learn_elo(home, away, played)
        _learn_form(home, fixture.day, played.home_goals, played.away_goals)
        _learn_form(away, fixture.day, played.away_goals, played.home_goals)

    def to_document(self) -> dict[str, Any]:
        """Plain values that `from_document` makes the same book of."""
        return {
            "teams": {name: asdict(team) for name, team in self._teams.items()},
            "bases": {name: asdict(base) for name, base in self._bases.items()},
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        book = cls()
        book._teams = {name: TeamRating(**values) for name, values in document["teams"].items()}
        book._bases = {name: CompetitionBase(**values) for name, values in document["bases"].items()}
        return book


def _rates(home_log: float, away_log: float) -> GoalRates:
    low, high = RATE_BOUNDS
    home, away = (math.exp(min(max(rate_log, low), high)) for rate_log in (home_log, away_log))
    return GoalRates(home, away, CORRELATION_TYPICAL)


def _learn_goals(
    home: TeamRating, away: TeamRating, base: CompetitionBase, expected: GoalRates, played: Played
) -> None:
    home_surprise = _performance(played.home_goals, played.home_on_target, played.home_shots) - expected.home
    away_surprise = _performance(played.away_goals, played.away_on_target, played.away_shots) - expected.away
    home.attack += GOALS_STEP * home_surprise
    away.defence -= GOALS_STEP * home_surprise
    away.attack += GOALS_STEP * away_surprise
    home.defence -= GOALS_STEP * away_surprise
    base.home += BASE_STEP * home_surprise
    base.away += BASE_STEP * away_surprise


def _performance(goals: int, on_target: int | None, shots: int | None) -> float:
    """Goals, mixed with what the shots were worth where they were counted."""
    if on_target is None:
        return float(goals)
    off_target = max(0, (shots or on_target) - on_target)
    worth = ON_TARGET_WORTH * on_target + OFF_TARGET_WORTH * off_target
    return (1.0 - SHOTS_WEIGHT) * goals + SHOTS_WEIGHT * worth


def _learn_market(home: TeamRating, away: TeamRating, expected: GoalRates, implied: GoalRates) -> None:
    home_gap = 0.5 * MARKET_STEP * math.log(implied.home / expected.home)
    away_gap = 0.5 * MARKET_STEP * math.log(implied.away / expected.away)
    home.market_attack += home_gap
    away.market_defence -= home_gap
    away.market_attack += away_gap
    home.market_defence -= away_gap


def _learn_elo(home: TeamRating, away: TeamRating, played: Played) -> None:
    lead = played.home_goals - played.away_goals
    expected = 1.0 / (1.0 + 10.0 ** ((away.elo - home.elo - ELO_HOME) / ELO_SCALE))
    scored = 1.0 if lead > 0 else 0.5 if lead == 0 else 0.0
    moved = ELO_STEP * math.log1p(max(1, abs(lead))) * (scored - expected)
    home.elo += moved
    away.elo -= moved


def _learn_form(team: TeamRating, day: float, scored: int, conceded: int) -> None:
    team.matches += 1
    team.last_day = day
    team.points = [*team.points, 3 if scored > conceded else 1 if scored == conceded else 0][-FORM_MATCHES:]
    team.goals_for = [*team.goals_for, scored][-FORM_MATCHES:]
    team.goals_against = [*team.goals_against, conceded][-FORM_MATCHES:]
