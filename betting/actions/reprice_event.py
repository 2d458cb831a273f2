"""Bringing a book up to date with its match: open what is missing, move what moved, tell who listens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from betting.actions.open_markets import EACH_WAY_TYPE, as_priced, open_markets
from betting.core.book import PRICED_STATUSES, BookMoves, PricedMarket, find_moves
from betting.core.catalogue import LOBBY_KEYS, find_kind
from betting.core.each_way import takes_each_way
from betting.core.grading import is_decided
from betting.models import Market, Selection
from betting.queries.books import PRICED_EVENT_STATUSES, BookView, lock_book_view
from betting.queries.markets import each_way_of, format_odds, lobby_keyed, market_keyed, selection_keyed
from betting.schemas.markets import LobbyPrice, LobbySelection
from betting.streams import EVENT_PRICES, LOBBY_PRICES
from ml.queries.pricing import PricedMarkets, price_book
from project.kit import clock
from project.kit.streams import publish_latest
from project.kit.topics import Keyed
from sports.core.market_keys import parse_market_key
from sports.core.score_facts import ScoreFacts


@dataclass(frozen=True)
class Repricing:
    """What one repricing did; `version` is the book's."""

    version: int
    moved: int
    opened: int
    decided: int


@transaction.atomic(durable=True)
def reprice_event(*, event_id: UUID) -> Repricing:
    """Price an event for its newest state. Does nothing where that was done before, or the match is settled.

    Locks the book's row, so repricings of one event run one after the other and the newest state always wins. Where
    stakes press on prices, each repricing takes them a step further.
    """
    return reprice_book(event_id=event_id)


def reprice_book(*, event_id: UUID, is_forced: bool = False) -> Repricing:
    """The same inside the caller's transaction; `is_forced` prices a state again that was priced before."""
    book = lock_book_view(event_id)
    if not _needs_prices(book, is_forced=is_forced):
        return Repricing(book.version, 0, 0, 0)
    chances = price_book(event_id, book.state, [one.key for one in book.markets if one.status in PRICED_STATUSES])
    opened = _open_missing(event_id, book, chances)
    markets = [*book.markets, *(as_priced(market, selections) for market, selections in opened)]
    found = find_moves(markets, chances, book.facts, book.exposures)
    version = _write_prices(event_id, book, found, opened_markets=len(opened), at=clock.now())
    changes = _describe_opened(opened, found, version) + _describe_markets(found.decided_market_ids)
    changes += _describe_markets(_renew_each_way(book.markets, found, version))
    publish_latest(EVENT_PRICES.name_for(event_id=event_id), changes + _describe_moves(found, version))
    publish_latest(LOBBY_PRICES.pattern, _describe_lobby(event_id, markets, found, version))
    return Repricing(version, len(found.moves), len(opened), len(found.decided_market_ids))


def _needs_prices(book: BookView, *, is_forced: bool) -> bool:
    """A finished match is priced once more where there are offers to end."""
    if book.graded_result_version:
        return False
    if book.priced_state_version >= book.state_version and not (is_forced or book.exposures):
        return False
    return book.event_status in PRICED_EVENT_STATUSES or bool(book.markets)


def _open_missing(event_id: UUID, book: BookView, chances: PricedMarkets) -> list[tuple[Market, list[Selection]]]:
    """Everything at first; then the next goal's market after each goal, and lines that have come within reach."""
    facts = book.facts
    if facts.is_final:
        return []
    known = {market.key for market in book.markets}
    missing = {key: found for key, found in chances.items() if key not in known and _is_offered(key, facts)}
    if not missing:
        return []
    return open_markets(event_id=event_id, sport=book.sport, version=book.version + 1, chances=missing)


def _is_offered(key_text: str, facts: ScoreFacts) -> bool:
    """Whether the house opens such markets, and this one is still to be decided."""
    key = parse_market_key(key_text)
    is_sold = find_kind(facts.sport, key.market_type) is not None
    return is_sold and not is_decided(key.market_type, dict(key.specifiers), facts)


def _write_prices(event_id: UUID, book: BookView, found: BookMoves, *, opened_markets: int, at: datetime) -> int:
    """One statement for the whole book; answers its version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT betting_write_prices(%s, %s, %s, %s, %s, %s::uuid[], %s::integer[], %s::float8[],"
            " %s::boolean[], %s::uuid[], %s::float8[], %s::uuid[], %s)",
            [
                event_id,
                book.state_version,
                book.state.incident_seq,
                book.minute,
                at,
                [move.selection_id for move in found.moves],
                [move.odds_milli for move in found.moves],
                [move.probability for move in found.moves],
                [move.is_charted for move in found.moves],
                list(found.pressures),
                list(found.pressures.values()),
                list(found.decided_market_ids),
                opened_markets,
            ],
        )
        return int(cursor.fetchone()[0])


def _describe_opened(opened: Sequence[tuple[Market, list[Selection]]], found: BookMoves, version: int) -> list[Keyed]:
    """New markets at the prices they got, and those of their selections that got none: the others are among the
    moves."""
    prices = {move.selection_id: move.odds_milli for move in found.moves}
    for one in (one for _, selections in opened for one in selections):
        one.odds_milli = prices.get(one.id)
    changes = [market_keyed(market, selections) for market, selections in opened]
    changes += [
        selection_keyed(selection_id=one.id, market_id=market.id, version=version, odds_milli=None, result="")
        for market, selections in opened
        for one in selections
        if one.id not in prices
    ]
    return changes


def _renew_each_way(markets: Sequence[PricedMarket], found: BookMoves, version: int) -> Sequence[UUID]:
    """The markets that take no more each-way bets at their new prices, or take them again: told as of this version."""
    prices = {move.selection_id: move.odds_milli for move in found.moves}
    moved = {move.market_id for move in found.moves}.difference(found.decided_market_ids)
    known = {one.market_id: one.selections for one in markets if one.key == EACH_WAY_TYPE and one.market_id in moved}
    if not known:
        return ()
    renewed = []
    for market in Market.objects.filter(id__in=known):
        terms, selections = each_way_of(market), known[market.id]
        taken = takes_each_way([one.odds_milli for one in selections], terms)
        if taken != takes_each_way([prices.get(one.selection_id, one.odds_milli) for one in selections], terms):
            renewed.append(market.id)
    Market.objects.filter(id__in=renewed).update(version=version)
    return renewed


def _describe_markets(market_ids: Sequence[UUID]) -> list[Keyed]:
    if not market_ids:
        return []
    markets = Market.objects.filter(id__in=market_ids).prefetch_related("selections").order_by("sort", "key")
    return [market_keyed(market, sorted(market.selections.all(), key=lambda one: one.sort)) for market in markets]


def _describe_moves(found: BookMoves, version: int) -> list[Keyed]:
    return [
        selection_keyed(
            selection_id=move.selection_id,
            market_id=move.market_id,
            version=version,
            odds_milli=move.odds_milli,
            result="",
        )
        for move in found.moves
    ]


def _describe_lobby(event_id: UUID, markets: Sequence[PricedMarket], found: BookMoves, version: int) -> list[Keyed]:
    """The lobby's row of this event, if it moved."""
    market = next((market for market in markets if market.key in LOBBY_KEYS), None)
    if market is None:
        return []
    is_decided = market.market_id in found.decided_market_ids
    moved = {move.selection_id: move.odds_milli for move in found.moves if move.market_id == market.market_id}
    if not (moved or is_decided):
        return []
    price = LobbyPrice(
        event_id=event_id,
        market_id=market.market_id,
        status="inactive" if is_decided else market.status,  # type: ignore[arg-type]  # the table admits only statuses
        selections=[
            LobbySelection(
                id=one.selection_id,
                outcome=one.outcome,
                name=one.name,
                odds=format_odds(moved.get(one.selection_id, one.odds_milli)),
            )
            for one in market.selections
        ],
    )
    return [lobby_keyed(version, price)]
