"""What clients get about the kinds of markets, and about what others pay."""

from uuid import UUID

from betting.core.catalogue import MarketGroup
from project.kit.money import MoneyOut, OddsOut
from project.kit.schemas import Instant, Reply


class KindLimits(Reply):
    """Bounds of one bet and of one market in a currency, before a person's own limits."""

    currency: str
    min_stake: MoneyOut
    max_stake: MoneyOut
    max_payout: MoneyOut
    max_liability: MoneyOut


class MarketKindReply(Reply):
    """What all markets of a type in a sport share. `id` is what a market names as its `rules`.

    A bet in play is judged after `delay_ms`.
    """

    id: str
    sport: str
    type: str
    name: str
    group: MarketGroup
    rules: list[str]
    delay_ms: int
    is_charted: bool
    limits: list[KindLimits]


class EachWayRow(Reply):
    """Fields of at least so many runners pay these places at this fraction of the win odds, for example `1/4`."""

    runners_min: int
    places: int
    fraction: str


class MarketRulesReply(Reply):
    """Every kind in display order, and the usual each-way terms of outright events."""

    kinds: list[MarketKindReply]
    each_way: list[EachWayRow]


class OutsidePrice(Reply):
    """What one source pays; `is_best` where nobody pays more, we included."""

    source: str
    odds: OddsOut
    updated_at: Instant
    age_s: int
    is_best: bool


class OutsideOutcome(Reply):
    """One outcome at every source, best first, beside ours; `odds` and `selection_id` are null where we offer none."""

    outcome: str
    name: str
    selection_id: UUID | None
    odds: OddsOut | None
    is_ours_best: bool
    prices: list[OutsidePrice]


class OutsideMarket(Reply):
    """One market that somebody else prices."""

    key: str
    name: str
    market_id: UUID | None
    outcomes: list[OutsideOutcome]


class OutsideOddsReply(Reply):
    """What others pay on an event, in the order of our own markets."""

    event_id: UUID
    markets: list[OutsideMarket]
