"""The markets this house opens, by sport and type: names, order, margins, limits, delays, and their rules in words."""

from collections.abc import Mapping
from typing import Final

from betting.core.catalogue import basketball, football, outright, tennis
from betting.core.catalogue.kind import MarketGroup, MarketKind
from betting.core.catalogue.names import market_name, market_sort, selection_name, specifiers_of

__all__ = [
    "KINDS",
    "LOBBY_KEYS",
    "MarketGroup",
    "MarketKind",
    "find_kind",
    "kind_of",
    "market_name",
    "market_sort",
    "selection_name",
    "specifiers_of",
]

KINDS: Final[Mapping[str, Mapping[str, MarketKind]]] = {
    "football": football.KINDS,
    "tennis": tennis.KINDS,
    "basketball": basketball.KINDS,
    "outright": outright.KINDS,
}

# The one market of an event that stands in lists of many events, by key: no event has two of them.
LOBBY_KEYS: Final = ("1x2", "match_winner", "outright_winner")


def kind_of(sport: str, market_type: str) -> MarketKind:
    """What the markets of a type share in a sport; `sport` is that of the market's row."""
    return KINDS[sport][market_type]


def find_kind(sport: str, market_type: str) -> MarketKind | None:
    """The same, or None where the house does not open that type."""
    return KINDS.get(sport, {}).get(market_type)
