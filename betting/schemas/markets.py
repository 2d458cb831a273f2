"""What clients get about markets and prices."""

from typing import Literal
from uuid import UUID

from betting.core.catalogue import MarketGroup
from project.kit.money import OddsOut
from project.kit.schemas import Instant, Reply

MarketStatusName = Literal["active", "suspended", "inactive", "settled", "cancelled", "handed_over"]
ResultName = Literal["won", "lost", "void"]


class SelectionReply(Reply):
    """One outcome; `odds` is null while nothing is offered on it."""

    id: UUID
    outcome: str
    name: str
    odds: OddsOut | None
    initial_odds: OddsOut | None
    result: ResultName | None


class MarketReply(Reply):
    """One market with its selections in display order."""

    id: UUID
    key: str
    type: str
    name: str
    specifiers: dict[str, str]
    group: MarketGroup
    sort: int
    status: MarketStatusName
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
    selections: list[SelectionLabel]


class SelectionValue(Reply):
    """The value of a key `s:<selection_id>` of an event's price topic."""

    id: UUID
    market_id: UUID
    odds: OddsOut | None
    result: ResultName | None


class LobbySelection(Reply):
    """One of the three prices of a lobby row."""

    id: UUID
    outcome: str
    name: str
    odds: OddsOut | None


class LobbyPrice(Reply):
    """The full-time result market of one open event."""

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
