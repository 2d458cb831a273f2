"""The trading desk's stop of one market, and opening it again."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from betting.access import get_market
from betting.actions.desk_records import record_change
from betting.core.catalogue import LOBBY_KEYS
from betting.events import MarketStatusChanged
from betting.locks import lock_book, lock_market_exclusive
from betting.models import CancelWindow, EventBook, Market, MarketStatus
from betting.queries.markets import list_lobby_keys, market_keyed
from betting.streams import EVENT_PRICES, LOBBY_PRICES
from project.kit import clock
from project.kit.errors import VersionConflict
from project.kit.events import publish
from project.kit.idempotency import CommandKey
from project.kit.replays import is_done, remember_done
from project.kit.streams import publish_latest


@transaction.atomic(durable=True)
def suspend_market(*, actor_id: UUID, market_id: UUID, reason: str, command_key: CommandKey | None = None) -> Market:
    """Take no more bets on a market. Once this has committed no slip on it commits. Raises VersionConflict."""
    return _change(actor_id, market_id, reason, (MarketStatus.ACTIVE, MarketStatus.SUSPENDED), command_key)


@transaction.atomic(durable=True)
def resume_market(*, actor_id: UUID, market_id: UUID, reason: str, command_key: CommandKey | None = None) -> Market:
    """Take bets on a suspended market again, at the prices of now.

    Raises VersionConflict, also while a cancel window is not over: bets placed in it would be void.
    """
    return _change(actor_id, market_id, reason, (MarketStatus.SUSPENDED, MarketStatus.ACTIVE), command_key)


def _change(
    actor_id: UUID,
    market_id: UUID,
    reason: str,
    change: tuple[MarketStatus, MarketStatus],
    command_key: CommandKey | None,
) -> Market:
    """Waits for the slips in flight, which hold the market's lock shared, then for the book's row."""
    lock_market_exclusive(market_id)
    book = lock_book(get_market(market_id).event_id)
    market = get_market(market_id)
    if is_done(command_key):
        return market
    before, after = change
    if market.status != before:
        is_open_itself = market.status == after == MarketStatus.ACTIVE and market.is_stopped
        raise VersionConflict(
            "The market is open itself: its event, its sport or all betting is stopped"
            if is_open_itself
            else f"The market is {market.status}"
        )
    if after == MarketStatus.ACTIVE and _has_void_to_come(market_id):
        raise VersionConflict("New bets would be void: undo the void first")
    write_status(book, market, after)
    book.save(update_fields=["version"])
    record_change(
        change="market_stop",
        subject=f"market:{market.id}",
        actor_id=actor_id,
        reason=reason,
        before={"status": before},
        after={"status": after},
    )
    publish(
        MarketStatusChanged(
            market_id=market.id,
            event_id=market.event_id,
            actor_id=actor_id,
            status_before=before,
            status_after=after,
            reason=reason,
        )
    )
    publish_market(market)
    remember_done(command_key)
    return market


def write_status(book: EventBook, market: Market, status: MarketStatus) -> None:
    """A market's next state; a stop is counted, for slips that wait. The caller saves the book."""
    book.version += 1
    market.status = status
    market.stop_count += status == MarketStatus.SUSPENDED
    market.version = book.version
    market.save(update_fields=["status", "stop_count", "version"])


def publish_market(market: Market) -> None:
    """Send how a market stands now to its event's topic, and to the lobby's where that shows it."""
    keyed = market_keyed(market, market.selections.order_by("sort"))
    publish_latest(EVENT_PRICES.name_for(event_id=market.event_id), [keyed])
    if market.key in LOBBY_KEYS:
        publish_latest(LOBBY_PRICES.pattern, list_lobby_keys([market.event_id]))


def _has_void_to_come(market_id: UUID) -> bool:
    windows = CancelWindow.objects.filter(market_id=market_id, is_active=True)
    return windows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now())).exists()
