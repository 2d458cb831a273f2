"""Tennis' markets."""

from collections.abc import Mapping
from typing import Final

from betting.core.catalogue.kind import MarketKind

_WALKOVER: Final = "If the match is not started, bets are void; if it is put off, they stand for its new date."
_RETIRED: Final = (
    "After a retirement, a disqualification or an abandonment, bets that the games played have decided stand; others "
    "are void."
)
_UNFINISHED: Final = "After a retirement, a disqualification or an abandonment, bets are void."
_TIE_BREAK: Final = "Every set has a tie-break at six games all; it counts as one game."

KINDS: Final[Mapping[str, MarketKind]] = {
    "match_winner": MarketKind(
        "Match winner",
        "main",
        1,
        0.05,
        (
            "Who wins the match.",
            (
                "If a player retires or is disqualified once one set is complete, the player who goes through has won; "
                "before that, and if the match is abandoned, bets are void."
            ),
            _WALKOVER,
        ),
        is_charted=True,
        delay_ms=4_000,
    ),
    "set_winner": MarketKind(
        "Set winner",
        "sets",
        2,
        0.06,
        ("Who wins this set.", "If the set is not played to its end, bets are void.", _WALKOVER),
        is_charted=True,
        stake_percent=60,
        liability_percent=60,
        delay_ms=4_000,
    ),
    "set_score": MarketKind(
        "Set score",
        "sets",
        3,
        0.09,
        ("The final score in sets.", _UNFINISHED, _WALKOVER),
        stake_percent=30,
        liability_percent=30,
        delay_ms=4_000,
    ),
    "game_winner": MarketKind(
        "Game winner",
        "games",
        4,
        0.07,
        (
            "Who wins this game of this set; the first game of a set is number 1.",
            _TIE_BREAK,
            "If the game is not played to its end, bets are void.",
            _WALKOVER,
        ),
        stake_percent=25,
        liability_percent=25,
        delay_ms=6_000,
    ),
    "total_games": MarketKind(
        "Total games",
        "games",
        5,
        0.05,
        ("Whether more or fewer games than the line are played in the match.", _TIE_BREAK, _RETIRED, _WALKOVER),
        is_charted=True,
        stake_percent=60,
        liability_percent=60,
        delay_ms=4_000,
    ),
    "game_handicap": MarketKind(
        "Game handicap",
        "games",
        6,
        0.05,
        (
            "Who wins more games in the match once the handicap is added to the player's games.",
            _TIE_BREAK,
            _UNFINISHED,
            _WALKOVER,
        ),
        is_charted=True,
        stake_percent=60,
        liability_percent=60,
        delay_ms=4_000,
    ),
}
