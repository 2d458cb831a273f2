"""What clients get about markets and prices."""

from typing import Literal
from uuid import UUID

from betting.core.catalogue import MarketGroup
from project.kit.money import OddsOut
from project.kit.schemas import Instant, Reply

MarketStatusName = Literal["active", "suspended", "inactive", "settled", "cancelled", "handed_over"]
ResultName = Literal["won", "lost", "void"]


class PlaceTerms(Reply):
    """Each-way terms: so many places at this fraction of the win odds, for example 3 and `1/4`."""

    places: int
    fraction: str


class SelectionReply(Reply):
    """One outcome; `odds` is null while nothing is offered on it."""

    id: UUID
    outcome: str
    name: str
    odds: OddsOut | None
    initial_odds: OddsOut | None
    result: ResultName | None


class MarketReply(Reply):
    """One market with its selections in display order. `rules` is the id of its kind among the market rules."""

    id: UUID
    key: str
    type: str
    name: str
    specifiers: dict[str, str]
    group: MarketGroup
    sort: int
    status: MarketStatusName
    rules: str
    each_way: PlaceTerms | None
    selections: list[SelectionReply]


class MarketsReply(Reply):
    """Every market of an event; `version` is the book's."""

    event_id: UUID
    version: int
    markets: list[MarketReply]


class SelectionLabel(Reply):
    """A selection without its price."""

    id: UUID
    outcome: str
    name: str


class MarketValue(Reply):
    """The value of a key `m:<market_id>` of an event's price topic."""

    id: UUID
    key: str
    type: str
    name: str
    specifiers: dict[str, str]
    group: MarketGroup
    sort: int
    status: MarketStatusName
    rules: str
    each_way: PlaceTerms | None
    selections: list[SelectionLabel]


class SelectionValue(Reply):
    """The value of a key `s:<selection_id>` of an event's price topic."""

    id: UUID
    market_id: UUID
    odds: OddsOut | None
    result: ResultName | None


class LobbySelection(Reply):
    """One of the prices of a lobby row."""

    id: UUID
    outcome: str
    name: str
    odds: OddsOut | None


class LobbyPrice(Reply):
    """The market on who wins of one open event: full-time result, match winner or outright winner."""

    event_id: UUID
    market_id: UUID
    status: MarketStatusName
    selections: list[LobbySelection]


class LobbyPricesReply(Reply):
    """The prices of every open event."""

    prices: list[LobbyPrice]


class PricePointReply(Reply):
    """A price that came on offer; `odds` is null where the offer ended."""

    at: Instant
    minute: int
    selection_id: UUID
    odds: OddsOut | None
    probability: float


class PriceChart(Reply):
    """One charted market: its selections with their first and current price, and its points, oldest first."""

    market_id: UUID
    key: str
    name: str
    selections: list[SelectionReply]
    points: list[PricePointReply]


class PriceChartsReply(Reply):
    """How the prices of an event moved, market by market in display order."""

    event_id: UUID
    charts: list[PriceChart]


class PriceHistoryReply(Reply):
    """A market's price points, oldest first."""

    points: list[PricePointReply]


class DynamicOddsReply(Reply):
    """Our first and our current price of one selection; `bet_type` is `<market key>:<outcome>`."""

    selection_id: UUID
    bet_type: str
    initial_odds: OddsOut
    current_odds: OddsOut | None
    last_updated: Instant
