"""What a feed reads when it starts."""

from typing import Final

from django.db.models import Prefetch

from sports.core.incidents import SportSlug
from sports.models import EventParticipant, EventStatus, FeedCursor

OPEN_EVENTS_MAX: Final = 10_000  # far above any number of slots


def list_open_cursors(sport: SportSlug) -> list[FeedCursor]:
    """The cursors of a sport's events that are scheduled or live, with who takes part, in two statements."""
    participants = Prefetch(
        "event__participants",
        queryset=EventParticipant.objects.select_related("team", "player").order_by("side", "number"),
    )
    cursors = FeedCursor.objects.filter(
        event__live_state__sport=sport, event__status__in=[EventStatus.SCHEDULED, EventStatus.ONGOING]
    )
    return list(
        cursors.select_related("event__live_state")
        .prefetch_related(participants)
        .order_by("event__start_time", "event_id")[:OPEN_EVENTS_MAX]
    )
