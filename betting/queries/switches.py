"""Where the switches of all betting stand, and which books do not show it yet."""

from uuid import UUID

from betting.core.switches import Switches, SwitchState
from betting.models import BettingSwitch, EventBook
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
