"""Markets of outright events, in which many take part and one wins, and the places of their each-way bets."""

from collections.abc import Mapping
from typing import Final

from betting.core.catalogue.kind import MarketKind

_DEAD_HEAT: Final = (
    "If several share a place that is paid, the stake is divided: it counts by the places left over the number who "
    "share them, at full odds; the rest of the stake is lost."
)
_WITHDRAWN: Final = "Bets on who is withdrawn and does not start are void."
_RULE_4: Final = (
    "When a runner is withdrawn, winnings of bets placed before that may be reduced by a published percentage."
)
_UNFINISHED: Final = "Who starts and does not finish has lost. If the event is not completed, bets are void."
_PUT_OFF: Final = "If the event is put off, bets stand for its new date."

KINDS: Final[Mapping[str, MarketKind]] = {
    "outright_winner": MarketKind(
        "Winner",
        "winner",
        1,
        0.12,
        (
            "Who is placed first in the official result.",
            (
                "Each way is two bets of equal stake: one to win at the win odds, one on a place at the fraction of "
                "them that is shown. The places shown when the bet is placed hold whatever number starts."
            ),
            (
                "Each-way bets are taken before the start, while the place odds of all runners together leave the "
                "house a margin: withdrawals may end that."
            ),
            _DEAD_HEAT,
            _WITHDRAWN,
            _RULE_4,
            _UNFINISHED,
            _PUT_OFF,
        ),
        is_charted=True,
        stake_percent=50,
        liability_percent=50,
    ),
    "top_finish": MarketKind(
        "Top finish",
        "places",
        2,
        0.12,
        (
            "Who is placed among the first so many in the official result.",
            _DEAD_HEAT,
            _WITHDRAWN,
            _RULE_4,
            _UNFINISHED,
            _PUT_OFF,
        ),
        stake_percent=40,
        liability_percent=40,
        pressure=0.0,
    ),
}
