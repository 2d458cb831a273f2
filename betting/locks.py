"""Betting's part of the one lock order: switches, events, markets, then the book's row, then slips."""

from collections.abc import Iterable
from uuid import UUID

from betting.core.switches import scopes_held_by_bets, scopes_of
from betting.models import BetSlip, BettingStrategy, EventBook
from project.kit.errors import NotFound
from project.kit.locks import lock_exclusive, lock_shared, lock_shared_spaces


def lock_for_bets(*, sports: Iterable[str], event_ids: Iterable[UUID], market_ids: Iterable[UUID]) -> None:
    """Hold off every stop that concerns these legs, until the transaction ends, in one statement.

    A placement and a cash-out take this first and only then read switches, books, states, markets and prices.
    `sports` are slugs.
    """
    lock_shared_spaces([("switch", scopes_of(sports)), ("event", event_ids), ("market", market_ids)])


def lock_switch_exclusive(scope: str) -> None:
    """Wait for every slip in flight within a switch's scope, and let none begin. `scope` is `all` or `sport:<slug>`."""
    for held in scopes_held_by_bets(scope):
        lock_exclusive("switch", held)


def lock_slip(slip_id: UUID) -> BetSlip:
    """The slip with its row locked; after the advisory locks, before the accounts. Raises NotFound."""
    slip = BetSlip.objects.select_for_update(no_key=True).filter(id=slip_id).first()
    if slip is None:
        raise NotFound("No such slip")
    return slip


def lock_markets_shared(market_ids: Iterable[UUID]) -> None:
    """Hold off the trading desk's stop until this slip has committed."""
    lock_shared("market", market_ids)


def lock_market_exclusive(market_id: UUID) -> None:
    """Wait for every slip in flight on the market, and let none begin."""
    lock_exclusive("market", market_id)


def lock_book(event_id: UUID) -> EventBook:
    """The event's book with its row lock, made if there is none: changes of markets and prices go one by one."""
    book = EventBook.objects.select_for_update(no_key=True).filter(event_id=event_id).first()
    if book is None:
        EventBook.objects.bulk_create([EventBook(event_id=event_id)], ignore_conflicts=True)
        book = EventBook.objects.select_for_update(no_key=True).get(event_id=event_id)
    return book


def lock_strategy(strategy_id: UUID) -> BettingStrategy:
    """A strategy with its row lock: its versions, runs and rank change one after the other."""
    return BettingStrategy.objects.select_for_update(no_key=True, of=("self",)).get(id=strategy_id)
