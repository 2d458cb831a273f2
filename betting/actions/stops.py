"""The desk's stops at large: an event, a sport, or all betting. Once a stop has committed, no slip within it commits.

A stop takes the exclusive lock of what it stops, which every placement and cash-out holds shared until it commits. What
clients are shown follows: at once for an event, and for a switch event by event, behind the stop itself.
"""

from uuid import UUID

from django.db import transaction

from betting.access import check_event
from betting.actions.desk_records import record_change
from betting.core.switches import ALL, sport_scope
from betting.locks import lock_book, lock_switch_exclusive
from betting.models import BettingSwitch, EventBook, Market, MarketStatus
from betting.queries.markets import list_lobby_keys, market_keyed
from betting.queries.switches import read_switches
from betting.streams import EVENT_PRICES, LOBBY_PRICES
from project.kit import clock
from project.kit.errors import NotFound, VersionConflict
from project.kit.idempotency import CommandKey
from project.kit.jobs import enqueue
from project.kit.replays import is_done, remember_done
from project.kit.streams import publish_latest
from sports.locks import lock_event_exclusive
from sports.models import Event, Sport


@transaction.atomic(durable=True)
def set_switch(
    *, actor_id: UUID, scope: str, is_stopped: bool, reason: str, command_key: CommandKey | None = None
) -> BettingSwitch:
    """Stop betting of a scope, `all` or `sport:<slug>`, or let it go on. Raises NotFound, VersionConflict."""
    if scope != ALL and scope not in {sport_scope(slug) for slug in Sport.objects.values_list("slug", flat=True)}:
        raise NotFound("No such switch")
    lock_switch_exclusive(scope)
    switch = BettingSwitch.objects.filter(scope=scope).first() or BettingSwitch(scope=scope)
    if is_done(command_key):
        return switch
    if switch.is_stopped == is_stopped:
        raise VersionConflict("Betting is stopped already" if is_stopped else "Betting goes on already")
    switch.is_stopped = is_stopped
    switch.stop_count += is_stopped
    switch.version += 1
    switch.reason = reason
    switch.changed_by_id = actor_id
    switch.changed_at = clock.now()
    switch.save()
    record_change(
        change="switch",
        subject=f"switch:{scope}",
        actor_id=actor_id,
        reason=reason,
        before={"is_stopped": not is_stopped},
        after={"is_stopped": is_stopped},
    )
    remember_done(command_key)
    enqueue("betting.show_switches", queue="prices")
    return switch


@transaction.atomic(durable=True)
def suspend_event(*, actor_id: UUID, event_id: UUID, reason: str, command_key: CommandKey | None = None) -> EventBook:
    """Take no more bets on any market of an event. Raises NotFound, VersionConflict."""
    return _set_event(actor_id, event_id, reason, command_key, is_suspended=True)


@transaction.atomic(durable=True)
def resume_event(*, actor_id: UUID, event_id: UUID, reason: str, command_key: CommandKey | None = None) -> EventBook:
    """Take bets on an event again; markets that were stopped one by one stay so. Raises NotFound, VersionConflict."""
    return _set_event(actor_id, event_id, reason, command_key, is_suspended=False)


def _set_event(
    actor_id: UUID, event_id: UUID, reason: str, command_key: CommandKey | None, *, is_suspended: bool
) -> EventBook:
    """Waits for the slips in flight, which hold the event's lock shared, then for the book's row."""
    check_event(event_id)
    lock_event_exclusive(event_id)
    book = lock_book(event_id)
    if is_done(command_key):
        return book
    if book.is_suspended == is_suspended:
        raise VersionConflict("The event is suspended already" if is_suspended else "The event is open already")
    book.is_suspended = is_suspended
    book.stop_count += is_suspended
    book.save(update_fields=["is_suspended", "stop_count"])
    _show(book)
    record_change(
        change="event_stop",
        subject=f"event:{event_id}",
        actor_id=actor_id,
        reason=reason,
        before={"is_suspended": not is_suspended},
        after={"is_suspended": is_suspended},
    )
    remember_done(command_key)
    return book


@transaction.atomic(durable=True)
def show_switches(*, event_id: UUID) -> int:
    """Show on an event's markets how the switches stand; answers how many changed. Locks the book's row."""
    return _show(lock_book(event_id))


def _show(book: EventBook) -> int:
    """The caller holds the book's row: the newest stop and the newest opening of a market see each other."""
    sport = Event.objects.values_list("sport__slug", flat=True).get(id=book.event_id)
    switches = read_switches()
    is_stopped = book.is_suspended or switches.is_stopped(sport)
    open_markets = Market.objects.filter(
        event_id=book.event_id, status__in=[MarketStatus.ACTIVE, MarketStatus.SUSPENDED]
    )
    changed = list(open_markets.exclude(is_stopped=is_stopped).order_by("sort", "key").prefetch_related("selections"))
    book.shown_switches = switches.version(sport)
    book.version += bool(changed)
    book.save(update_fields=["shown_switches", "version"])
    if not changed:
        return 0
    for market in changed:
        market.is_stopped = is_stopped
        market.version = book.version
    Market.objects.bulk_update(changed, ["is_stopped", "version"])
    publish_latest(
        EVENT_PRICES.name_for(event_id=book.event_id),
        [market_keyed(market, sorted(market.selections.all(), key=lambda one: one.sort)) for market in changed],
    )
    publish_latest(LOBBY_PRICES.pattern, list_lobby_keys([book.event_id]))
    return len(changed)
