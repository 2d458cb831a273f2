"""The result of one selection, and the arithmetic of lines that more than one rule needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from sports.core.score_facts import ScoreFacts

Result = Literal["won", "lost", "void"]
PlaceResult = Literal["won", "lost", "void", ""]


@dataclass(frozen=True)
class Grade:
    """The result of one selection; `void_halves` 1 means that half of the stake is void, 2 that all of it is.

    A dead heat leaves `dead_heat_places` of `dead_heat_tied` of the stake of the win part. The place part of an
    each-way bet has a result and a share of its own; `place_result` is empty where the market has no places.
    """

    result: Result
    void_halves: int = 0
    dead_heat_places: int = 1
    dead_heat_tied: int = 1
    place_result: PlaceResult = ""
    place_dead_heat_places: int = 1
    place_dead_heat_tied: int = 1


WON = Grade("won")
LOST = Grade("lost")
VOID = Grade("void", 2)


@dataclass(frozen=True)
class Question:
    """One market as grading sees it; `places` are those that its each-way bets pay, 0 without."""

    market_type: str
    specifiers: Mapping[str, str]
    outcomes: Sequence[str]
    places: int = 0


Grades = dict[str, Grade]
# Grades of every outcome, or None while what happened does not decide the market.
Rule = Callable[[Question, ScoreFacts], Grades | None]


def winner_is(question: Question, winner: str) -> Grades:
    """One outcome has won and the others have lost."""
    return {outcome: WON if outcome == winner else LOST for outcome in question.outcomes}


def all_void(question: Question) -> Grades:
    place_result: PlaceResult = "void" if question.places else ""
    grade = Grade("void", 2, place_result=place_result) if place_result else VOID
    return dict.fromkeys(question.outcomes, grade)


def leader(home: int, away: int) -> Literal["home", "draw", "away"]:
    if home == away:
        return "draw"
    return "home" if home > away else "away"


@lru_cache(maxsize=4096)
def quarters(line: str) -> int:
    """A line in whole quarters: `2.25` is 9."""
    scaled = Decimal(line) * 4
    assert scaled == int(scaled), f"{line} is no quarter line"
    return int(scaled)


def line_grades(
    *, value: int, line_quarters: int, over: str, under: str, is_complete: bool, is_final: bool
) -> Grades | None:
    """The two sides of a line. A quarter line is two half bets, on the lines a quarter below and above.

    `value` is what is counted so far, and never falls unless it `is_complete`. Each half is decided by itself; where
    play ends for good before a half is decided, that half is void.
    """
    parts = (line_quarters,) if line_quarters % 2 == 0 else (line_quarters - 1, line_quarters + 1)
    decided = [_line_winner(value * 4, part, over, under, is_complete=is_complete) for part in parts]
    if None in decided and not is_final:
        return None
    return {side: _combine([one or "push" for one in decided], side) for side in (over, under)}


def _line_winner(value_quarters: int, line: int, over: str, under: str, *, is_complete: bool) -> str | None:
    if value_quarters > line:
        return over
    if not is_complete:
        return None
    return "push" if value_quarters == line else under


def _combine(winners: Sequence[str], side: str) -> Grade:
    """Both halves of a quarter line together; two lines half a point apart never win on different sides."""
    pushed = winners.count("push")
    if pushed == len(winners):
        return VOID
    won = side in winners
    return Grade("won" if won else "lost", 1 if pushed else 0)
