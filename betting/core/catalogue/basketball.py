"""Basketball's markets."""

from collections.abc import Mapping
from typing import Final

from betting.core.catalogue.kind import MarketKind

_OVERTIME: Final = "Overtime counts."
_ABANDONED: Final = "If the game is abandoned, bets that play has already decided stand; all others are void."
_WHOLE: Final = "If the game is abandoned, bets are void."
_NOT_BEGUN: Final = "If the game does not begin, bets are void; if it is put off, they stand for its new date."
_PUSH: Final = "On a whole line the stake is returned when the result is exactly on it."

KINDS: Final[Mapping[str, MarketKind]] = {
    "match_winner": MarketKind(
        "Winner",
        "main",
        1,
        0.05,
        ("Who wins the game.", _OVERTIME, _WHOLE, _NOT_BEGUN),
        is_charted=True,
        delay_ms=4_000,
    ),
    "points_handicap": MarketKind(
        "Points handicap",
        "handicap",
        2,
        0.05,
        (
            "Who has more points once the handicap is added to the team's points.",
            _PUSH,
            _OVERTIME,
            _WHOLE,
            _NOT_BEGUN,
        ),
        is_charted=True,
        delay_ms=4_000,
    ),
    "total_points": MarketKind(
        "Total points",
        "points",
        3,
        0.05,
        (
            "Whether both teams together score more or fewer points than the line.",
            _PUSH,
            _OVERTIME,
            _ABANDONED,
            _NOT_BEGUN,
        ),
        is_charted=True,
        delay_ms=4_000,
    ),
    "quarter_result": MarketKind(
        "Quarter result",
        "quarters",
        4,
        0.06,
        (
            "Who scores more points in this quarter, or a draw. Overtime is no part of the fourth quarter.",
            "If the quarter is not played to its end, bets are void.",
            _NOT_BEGUN,
        ),
        stake_percent=50,
        liability_percent=50,
        delay_ms=6_000,
    ),
}
