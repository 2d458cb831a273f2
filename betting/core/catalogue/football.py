"""Football's markets."""

from collections.abc import Mapping
from typing import Final

from betting.core.catalogue.kind import MarketKind

_NINETY: Final = (
    "Counts the 90 minutes and the stoppage time of both halves; extra time and penalty shoot-outs do not count."
)
_ABANDONED: Final = "If the match is abandoned, bets that play has already decided stand; all others are void."
_WHOLE: Final = "If the match is abandoned, bets are void."
_NOT_BEGUN: Final = "If the match does not begin, bets are void; if it is put off, they stand for its new date."
_OWN: Final = "Own goals count for the side they are awarded to."
_QUARTER: Final = (
    "A quarter line is two half stakes on the lines a quarter below and above: one half may win or lose while the "
    "other is returned."
)

KINDS: Final[Mapping[str, MarketKind]] = {
    "1x2": MarketKind(
        "Full-time result",
        "main",
        1,
        0.05,
        ("Who is ahead at full time, or a draw.", _NINETY, _WHOLE, _NOT_BEGUN),
        is_charted=True,
    ),
    "double_chance": MarketKind(
        "Double chance",
        "main",
        2,
        0.05,
        ("Wins if either of its two results is the one at full time.", _NINETY, _WHOLE, _NOT_BEGUN),
        stake_percent=60,
        liability_percent=60,
        pressure=0.0,
    ),
    "draw_no_bet": MarketKind(
        "Draw no bet",
        "main",
        3,
        0.05,
        ("Who wins; if the match is drawn, bets are void.", _NINETY, _WHOLE, _NOT_BEGUN),
        stake_percent=60,
        liability_percent=60,
    ),
    "next_goal": MarketKind(
        "Next goal",
        "main",
        4,
        0.06,
        ("Which side scores the goal of this number, or that it is not scored.", _OWN, _NINETY, _ABANDONED, _NOT_BEGUN),
        stake_percent=50,
        liability_percent=50,
        delay_ms=8_000,
    ),
    "over_under": MarketKind(
        "Total goals",
        "goals",
        5,
        0.05,
        (
            "Whether both sides together score more or fewer goals than the line.",
            "On a whole line stakes are returned when exactly that many goals are scored.",
            _OWN,
            _NINETY,
            _ABANDONED,
            _NOT_BEGUN,
        ),
        is_charted=True,
    ),
    "both_to_score": MarketKind(
        "Both teams to score",
        "goals",
        6,
        0.05,
        ("Whether each side scores at least once.", _OWN, _NINETY, _ABANDONED, _NOT_BEGUN),
        is_charted=True,
    ),
    "asian_handicap": MarketKind(
        "Asian handicap",
        "asian",
        7,
        0.04,
        (
            "The handicap is added to the side's goals at full time; goals before the bet was placed count too.",
            "Ahead after that, a bet wins; behind, it loses; level, the stake is returned.",
            _QUARTER,
            _NINETY,
            _WHOLE,
            _NOT_BEGUN,
        ),
        is_charted=True,
    ),
    "asian_total": MarketKind(
        "Asian total",
        "asian",
        8,
        0.04,
        (
            "Whether both sides together score more or fewer goals than the line.",
            "On a whole line the stake is returned when exactly that many goals are scored.",
            _QUARTER,
            _NINETY,
            "If the match is abandoned, a half stake that play has already decided stands; the rest is void.",
            _NOT_BEGUN,
        ),
        is_charted=True,
    ),
    "half_result": MarketKind(
        "Half-time result",
        "halves",
        9,
        0.06,
        (
            "Who is ahead at half time, or a draw. Only the first half and its stoppage time count.",
            "If the match is abandoned before half time, bets are void; after that they stand.",
            _NOT_BEGUN,
        ),
        is_charted=True,
        stake_percent=60,
        liability_percent=60,
    ),
    "half_time_full_time": MarketKind(
        "Half time/full time",
        "halves",
        10,
        0.10,
        ("Who is ahead at half time and who at full time; both must be right.", _NINETY, _WHOLE, _NOT_BEGUN),
        stake_percent=20,
        liability_percent=30,
    ),
    "correct_score": MarketKind(
        "Correct score",
        "score",
        11,
        0.15,
        (
            "The exact score at full time; scores that are not listed are in the three others.",
            _OWN,
            _NINETY,
            _WHOLE,
            _NOT_BEGUN,
        ),
        stake_percent=20,
        liability_percent=30,
    ),
}
