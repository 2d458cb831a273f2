"""Betting's part of the one lock order: markets after their events, the book's row after both, slips after markets."""

from collections.abc import Iterable
from uuid import UUID

from betting.models import EventBook
from project.kit.locks import lock_exclusive, lock_shared


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
