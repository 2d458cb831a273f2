"""Why a model says what it says, in words: from its own contributions before the match, from the scoreboard in play."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ml.core.features import FEATURE_NAMES
from ml.core.inplay import InPlayState
from ml.core.ratings import REST_DAYS_MAX

Effect = Literal["for", "against"]

REASONS_MAX: Final = 5
CONTRIBUTIONS_MAX: Final = 3
PRICE_FEATURES: Final = ("market_home", "market_draw", "market_away")
WEIGHT_MIN: Final = 0.003  # of log odds: less would be a hair's breadth with a sentence of its own
LOGIT_CLAMP: Final = 1e-6
PLAYERS: Final = 11
MANY_GOALS: Final = 0.5  # chance of more than 2.5


@dataclass(frozen=True, slots=True)
class Names:
    """The sides as people call them."""

    home: str
    away: str

    def of(self, outcome: str) -> str:
        """The name of an outcome: a side or the draw."""
        return {"home": self.home, "away": self.away}.get(outcome, "Draw")

    def result(self, outcome: str) -> str:
        """An outcome within a sentence."""
        return "a draw" if outcome == "draw" else f"a win for {self.of(outcome)}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, whether it speaks for the predicted outcome, and by how much it moves its log odds."""

    text: str
    effect: Effect
    weight: float

    @classmethod
    def of(cls, text: str, moved: float) -> "Reason":
        return cls(text, "for" if moved >= 0.0 else "against", round(abs(moved), 4))


def log_odds(chance: float) -> float:
    bounded = min(max(chance, LOGIT_CLAMP), 1.0 - LOGIT_CLAMP)
    return math.log(bounded / (1.0 - bounded))


def strongest(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The reasons worth showing, strongest first."""
    shown = [reason for reason in reasons if reason.weight >= WEIGHT_MIN]
    return tuple(sorted(shown, key=lambda reason: -reason.weight)[:REASONS_MAX])


def explain_market(names: Names, outcome: str, chance: float, usual: float) -> Reason:
    """What the prices say, measured against an average match."""
    text = f"Bookmakers' prices before kick-off give {names.result(outcome)} {chance:.0%}"
    return Reason.of(text, log_odds(chance) - log_odds(usual))


def explain_contributions(
    names: Names, outcome: str, values: Sequence[float], contributions: Sequence[float]
) -> list[Reason]:
    """The features that moved the predicted outcome most; those without a value say nothing.

    The three prices of a match are one statement: they count with their sum, and are said once.
    """
    known = [each for each in zip(FEATURE_NAMES, values, contributions, strict=True) if not math.isnan(each[1])]
    by_price = [each for each in known if each[0] in PRICE_FEATURES]
    said = [each for each in known if each[0] not in PRICE_FEATURES]
    if by_price:
        name, value, _ = by_price[0]
        said.append((name, value, sum(moved for _, _, moved in by_price)))
    strongest_first = sorted(said, key=lambda each: -abs(each[2]))[:CONTRIBUTIONS_MAX]
    return [
        Reason.of(_describe_feature(names, outcome, name, value, moved), moved)
        for name, value, moved in strongest_first
    ]


def explain_score(names: Names, state: InPlayState, moved: float) -> Reason:
    """The score together with the time that is left, which cannot be told apart."""
    score = f"{state.home_goals}-{state.away_goals}"
    lead = state.home_goals - state.away_goals
    leader = "Level" if lead == 0 else f"{names.home if lead > 0 else names.away} lead"
    minutes = "1 minute" if state.minute == 1 else f"{state.minute} minutes"
    at = {"half_time": "at half-time", "completed": "at full time"}.get(state.phase, f"after {minutes}")
    return Reason.of(f"{leader} {'at ' if lead == 0 else ''}{score} {at}", moved)


def explain_reds(names: Names, state: InPlayState, moved: float) -> Reason:
    """Who plays with how many."""
    sides = [(names.home, state.home_reds), (names.away, state.away_reds)]
    short = [f"{name} are down to {PLAYERS - reds}" for name, reds in sides if reds]
    return Reason.of(" and ".join(short), moved)


def _describe_feature(names: Names, outcome: str, name: str, value: float, moved: float) -> str:
    subject, _, side = name.rpartition("_")
    team = names.of(side) if side in ("home", "away") else ""
    match subject:
        case "market":
            often = "more" if moved >= 0.0 else "less"
            return f"Matches priced like this ended in {names.result(outcome)} {often} often than the prices said"
        case "goals_rating":
            return f"Both teams' past goals and shots rate {names.result(side)} {_higher(value)} than the market does"
        case "market_rating":
            return f"The prices of both teams' past matches rate {names.result(side)} {_higher(value)} than today's"
        case "form":
            return f"{team} took {value:.1f} points a match from the last five"
        case "goals_for":
            return f"{team} scored {value:.1f} goals a match in the last five"
        case "goals_against":
            return f"{team} conceded {value:.1f} goals a match in the last five"
        case "rest":
            long = "three weeks or more without a match"
            return f"{team} come {f'after {long}' if value >= REST_DAYS_MAX else f'with {value:.0f} days of rest'}"
        case "experience":
            return f"{team} have {'a long' if value >= 1.0 else 'a short'} record"
    if name == "elo_difference":
        better = names.home if value >= 0.0 else names.away
        return f"{better} have the better record over the seasons, by {abs(value):.0f} Elo points"
    return f"The market expects {'many' if value >= MANY_GOALS else 'few'} goals"


def _higher(value: float) -> str:
    return "higher" if value >= 0.0 else "lower"
