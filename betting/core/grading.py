"""Who won each selection, from the score and the order of the goals; and which markets are decided already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Result = Literal["won", "lost", "void"]


@dataclass(frozen=True)
class Score:
    """A score and the side, home or away, of each goal in the order they fell."""

    home_goals: int
    away_goals: int
    goals: tuple[str, ...]
    is_final: bool = True

    @property
    def total(self) -> int:
        return self.home_goals + self.away_goals

    @property
    def leader(self) -> Literal["home", "draw", "away"]:
        if self.home_goals == self.away_goals:
            return "draw"
        return "home" if self.home_goals > self.away_goals else "away"


@dataclass(frozen=True)
class Grade:
    """The result of one selection; `void_halves` 1 means that half of the stake is void, 2 that all of it is.

    `dead_heat_places` of `dead_heat_tied` is the share of the win part that a tie leaves. `place_...` is what becomes
    of the place part of each-way bets; empty where the market has none.
    """

    result: Result
    void_halves: int = 0
    dead_heat_places: int = 1
    dead_heat_tied: int = 1
    place_result: Result | Literal[""] = ""
    place_dead_heat_places: int = 1
    place_dead_heat_tied: int = 1


WON = Grade("won")
LOST = Grade("lost")
VOID = Grade("void", 2)


def grade_market(
    market_type: str, specifiers: Mapping[str, str], outcomes: Sequence[str], score: Score
) -> dict[str, Grade]:
    """The grade of every outcome of one market."""
    if market_type == "over_under":
        line = Fraction(specifiers["total"])
        return {outcome: _grade_total(outcome, line, score.total) for outcome in outcomes}
    winner = _winner(market_type, specifiers, outcomes, score)
    return {outcome: WON if outcome == winner else LOST for outcome in outcomes}


def is_decided(market_type: str, specifiers: Mapping[str, str], score: Score) -> bool:
    """Whether no further goal can change any result of the market: it takes no more bets."""
    if score.is_final:
        return True
    if market_type == "over_under":
        return score.total > Fraction(specifiers["total"])
    if market_type == "both_to_score":
        return score.home_goals > 0 and score.away_goals > 0
    if market_type == "next_goal":
        return score.total >= int(specifiers["goal"])
    return False


def _winner(market_type: str, specifiers: Mapping[str, str], outcomes: Sequence[str], score: Score) -> str:
    match market_type:
        case "1x2":
            return score.leader
        case "both_to_score":
            return "yes" if score.home_goals and score.away_goals else "no"
        case "next_goal":
            number = int(specifiers["goal"])
            return score.goals[number - 1] if number <= len(score.goals) else "none"
        case "correct_score":
            exact = f"{score.home_goals}-{score.away_goals}"
            return exact if exact in outcomes else f"other_{score.leader}"
    raise ValueError(f"no rule settles the market type {market_type!r}")


def _grade_total(outcome: str, line: Fraction, total: int) -> Grade:
    """Half lines win or lose, whole lines push on the number, quarter lines are two half bets on the lines beside."""
    if line * 2 == int(line * 2):
        return _grade_line(outcome, line, total)
    quarter = Fraction(1, 4)
    lower, upper = _grade_line(outcome, line - quarter, total), _grade_line(outcome, line + quarter, total)
    if lower == upper:
        return lower
    decided = lower if upper == VOID else upper
    return Grade(decided.result, 1)


def _grade_line(outcome: str, line: Fraction, total: int) -> Grade:
    if total == line:
        return VOID
    return WON if (total > line) == (outcome == "over") else LOST
