"""Where the switches of all betting stand, and which books do not show it yet."""

from uuid import UUID

from betting.core.switches import Switches, SwitchState
from betting.models import BettingSwitch, EventBook
from betting.queries.books import PRICED_EVENT_STATUSES
from sports.models import Event


def read_switches() -> Switches:
    """Every switch, in one small query; for a decision, read after `lock_for_bets`."""
    rows = BettingSwitch.objects.all()
    return Switches({row.scope: SwitchState(row.is_stopped, row.stop_count, row.version, row.reason) for row in rows})


def is_stopped_at_large(event_id: UUID) -> bool:
    """Whether the event, its sport or all betting is stopped by the desk."""
    sport = Event.objects.values_list("sport__slug", flat=True).get(id=event_id)
    is_suspended = EventBook.objects.filter(event_id=event_id, is_suspended=True).exists()
    return is_suspended or read_switches().is_stopped(sport)


def list_event_ids_behind_switches() -> list[UUID]:
    """Open events whose markets do not show yet how the switches stand."""
    switches = read_switches()
    if not switches.states:
        return []
    books = EventBook.objects.filter(event__status__in=PRICED_EVENT_STATUSES)
    behind = books.values_list("event_id", "shown_switches", "event__sport__slug").order_by("event_id")
    return [event_id for event_id, shown, sport in behind if shown != switches.version(sport)]
