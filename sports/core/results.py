"""Pure rules about final scores."""

from collections.abc import Iterable
from typing import Literal

from sports.core.incidents import Side

Outcome = Literal["home", "draw", "away"]
_SIDES: tuple[Side, Side] = ("home", "away")


def outcome_of(home_goals: int, away_goals: int) -> Outcome:
    """Who won."""
    if home_goals > away_goals:
        return "home"
    return "away" if away_goals > home_goals else "draw"


def correct_goal_sides(known: Iterable[str], *, home_goals: int, away_goals: int) -> list[Side]:
    """The goals in order of play that give this score: surplus goals go from the end, missing ones are added there."""
    wanted: dict[Side, int] = {"home": home_goals, "away": away_goals}
    kept: list[Side] = []
    for known_side in known:
        kept += [side for side in _SIDES if side == known_side and kept.count(side) < wanted[side]]
    for side, goals in wanted.items():
        kept.extend([side] * (goals - kept.count(side)))
    return kept
