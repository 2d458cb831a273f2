"""Markets and prices as clients see them, over HTTP and as the images and values of topics."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from betting.core.catalogue import LOBBY_KEYS
from betting.core.each_way import EachWayTerms, takes_each_way
from betting.models import DynamicOdds, EventBook, Market, PricePoint, Selection
from betting.queries.market_rules import rules_id
from betting.schemas.markets import (
    DynamicOddsReply,
    LobbyPrice,
    LobbySelection,
    MarketReply,
    MarketsReply,
    MarketValue,
    PlaceTerms,
    PriceChart,
    PricePointReply,
    SelectionLabel,
    SelectionReply,
)
from project.kit.money import format_milli
from project.kit.topics import Keyed

PRICE_POINTS_MAX = 2_000  # three selections over a match of 130 minutes stay below it
CHART_POINTS_MAX = 20_000  # all charted markets together; of a basketball match, the busiest, there are some 12,000
LOBBY_EVENTS_MAX = 2_000


def format_odds(odds_milli: int | None) -> str | None:
    return None if odds_milli is None else format_milli(odds_milli)


def _list_markets(event_id: UUID) -> list[Market]:
    return list(
        Market.objects.filter(event_id=event_id)
        .order_by("sort", "key")
        .prefetch_related(Prefetch("selections", Selection.objects.order_by("sort")))
    )


def get_markets_reply(event_id: UUID) -> MarketsReply:
    """All markets of an event; none, at version 0, before its book was opened."""
    book = EventBook.objects.filter(event_id=event_id).first()
    markets = [
        MarketReply(
            **_market_fields(market, market.selections.all()),
            selections=[_selection_reply(selection) for selection in market.selections.all()],
        )
        for market in _list_markets(event_id)
    ]
    return MarketsReply(event_id=event_id, version=book.version if book else 0, markets=markets)


def _market_fields(market: Market, selections: Iterable[Selection]) -> dict[str, Any]:
    is_each_way = takes_each_way([one.odds_milli for one in selections], each_way_of(market))
    return {
        "id": market.id,
        "key": market.key,
        "type": market.market_type,
        "name": market.name,
        "specifiers": market.specifiers,
        "group": market.group,
        "sort": market.sort,
        "status": market.shown_status,
        "rules": rules_id(market.sport, market.market_type),
        "each_way": place_terms(market) if is_each_way else None,
    }


def each_way_of(market: Market) -> EachWayTerms | None:
    """The each-way terms of a market, which its bets keep; None where it has no places."""
    if market.each_way_places is None or market.each_way_numerator is None or market.each_way_denominator is None:
        return None
    return EachWayTerms(market.each_way_places, market.each_way_numerator, market.each_way_denominator)


def place_terms(market: Market) -> PlaceTerms | None:
    """The same as clients get it."""
    terms = each_way_of(market)
    return None if terms is None else PlaceTerms(places=terms.places, fraction=f"{terms.numerator}/{terms.denominator}")


def _selection_reply(selection: Selection) -> SelectionReply:
    return SelectionReply(
        id=selection.id,
        outcome=selection.outcome,
        name=selection.name,
        odds=format_odds(selection.odds_milli),
        initial_odds=format_odds(selection.initial_odds_milli),
        result=selection.result or None,  # type: ignore[arg-type]  # a check constraint admits only results
    )


def market_key_of(market_id: UUID) -> str:
    return f"m:{market_id}"


def selection_key_of(selection_id: UUID) -> str:
    return f"s:{selection_id}"


def market_keyed(market: Market, selections: Iterable[Selection]) -> Keyed:
    """The topic's value of one market."""
    listed = list(selections)
    labels = [SelectionLabel(id=one.id, outcome=one.outcome, name=one.name) for one in listed]
    value = MarketValue(**_market_fields(market, listed), selections=labels)
    return Keyed(market_key_of(market.id), market.version, value.to_json())


def selection_keyed(*, selection_id: UUID, market_id: UUID, version: int, odds_milli: int | None, result: str) -> Keyed:
    """The topic's value of one price: a `SelectionValue`, written out because this runs for every price that moves."""
    value = {
        "id": str(selection_id),
        "market_id": str(market_id),
        "odds": format_odds(odds_milli),
        "result": result or None,
    }
    return Keyed(selection_key_of(selection_id), version, value)


def list_price_keys(event_id: UUID) -> list[Keyed]:
    """The image of an event's price topic."""
    keys: list[Keyed] = []
    for market in _list_markets(event_id):
        selections = list(market.selections.all())
        keys.append(market_keyed(market, selections))
        keys.extend(
            selection_keyed(
                selection_id=selection.id,
                market_id=market.id,
                version=selection.version,
                odds_milli=selection.odds_milli,
                result=selection.result,
            )
            for selection in selections
        )
    return keys


def list_lobby_keys(event_ids: Sequence[UUID] | None = None) -> list[Keyed]:
    """The image of the lobby's prices, or the part of these events.

    A key's version is that of its newest row, which is the book's version when the key was last sent.
    """
    return [
        lobby_keyed(max(market.version, *(one.version for one in market.selections.all())), _lobby_price(market))
        for market in _list_lobby_markets(event_ids)
    ]


def lobby_keyed(version: int, price: LobbyPrice) -> Keyed:
    """The lobby's value of one event."""
    return Keyed(str(price.event_id), version, price.to_json())


def list_lobby_prices() -> list[LobbyPrice]:
    """The same as values, for HTTP."""
    return [_lobby_price(market) for market in _list_lobby_markets(None)]


def _list_lobby_markets(event_ids: Sequence[UUID] | None) -> list[Market]:
    """The result market of every event that is not settled."""
    markets = Market.objects.filter(key__in=LOBBY_KEYS, event__book__graded_result_version=0)
    if event_ids is not None:
        markets = markets.filter(event_id__in=event_ids)
    selections = Prefetch("selections", Selection.objects.order_by("sort"))
    return list(markets.order_by("event__start_time", "event_id").prefetch_related(selections)[:LOBBY_EVENTS_MAX])


def _lobby_price(market: Market) -> LobbyPrice:
    return LobbyPrice(
        event_id=market.event_id,
        market_id=market.id,
        status=market.shown_status,  # type: ignore[arg-type]  # a check constraint admits only statuses
        selections=[
            LobbySelection(id=one.id, outcome=one.outcome, name=one.name, odds=format_odds(one.odds_milli))
            for one in market.selections.all()
        ],
    )


def list_price_charts(event_id: UUID) -> list[PriceChart]:
    """Every charted market of an event with its points, oldest first; the newest points when there are too many."""
    points: dict[UUID, list[PricePoint]] = {}
    newest = PricePoint.objects.filter(market__event_id=event_id).order_by("-id")[:CHART_POINTS_MAX]
    for point in reversed(newest):
        points.setdefault(point.market_id, []).append(point)
    return [
        PriceChart(
            market_id=market.id,
            key=market.key,
            name=market.name,
            selections=[_selection_reply(selection) for selection in market.selections.all()],
            points=[_point_reply(point) for point in points[market.id]],
        )
        for market in _list_markets(event_id)
        if market.id in points
    ]


def list_price_points(market_id: UUID) -> list[PricePointReply]:
    """A charted market's prices, oldest first; the newest of them when there are too many."""
    points = PricePoint.objects.filter(market_id=market_id).order_by("-id")[:PRICE_POINTS_MAX]
    return [_point_reply(point) for point in reversed(points)]


def _point_reply(point: PricePoint) -> PricePointReply:
    return PricePointReply(
        at=point.recorded_at,
        minute=point.minute,
        selection_id=point.selection_id,
        odds=format_odds(point.odds_milli),
        probability=point.probability,
    )


def list_dynamic_odds(event_id: UUID) -> list[DynamicOddsReply]:
    """Our first and current price of every selection that ever had one."""
    rows = DynamicOdds.objects.filter(event_id=event_id).order_by("bet_type")
    return [
        DynamicOddsReply(
            selection_id=row.selection_id,
            bet_type=row.bet_type,
            initial_odds=format_milli(row.initial_odds_milli),
            current_odds=format_odds(row.current_odds_milli),
            last_updated=row.last_updated,
        )
        for row in rows
    ]
