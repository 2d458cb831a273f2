"""What a feed reads when it starts."""

from typing import Final

from django.db.models import Prefetch

from sports.models import EventParticipant, EventStatus, FeedCursor

OPEN_EVENTS_MAX: Final = 10_000  # far above any number of slots


def list_open_cursors() -> list[FeedCursor]:
    """The cursors of events that are scheduled or live, with event, live state and teams, in two statements."""
    participants = Prefetch(
        "event__participants", queryset=EventParticipant.objects.select_related("team").order_by("side")
    )
    cursors = FeedCursor.objects.filter(
        event__isnull=False, event__status__in=[EventStatus.SCHEDULED, EventStatus.ONGOING]
    )
    return list(
        cursors.select_related("event__live_state")
        .prefetch_related(participants)
        .order_by("event__start_time", "event_id")[:OPEN_EVENTS_MAX]
    )
