"""What ml does when something happens in sports."""

from collections.abc import Sequence

from ml.actions import score_insights
from project.kit.jobs import enqueue
from project.kit.reactions import reaction
from sports.events import EventScheduled, EventStarted, IncidentRecorded, ResultConfirmed


@reaction(EventScheduled, EventStarted, IncidentRecorded, name="ml.refresh_insight", hint=True)
def refresh_insight(event: EventScheduled | EventStarted | IncidentRecorded) -> None:
    """The sweep carries insights through the minutes between."""
    enqueue("ml.publish_insight", queue="default", coalesce=f"insight:{event.event_id}", event_id=str(event.event_id))


@reaction(ResultConfirmed, name="ml.score_insights")
def score(events: Sequence[ResultConfirmed]) -> None:
    score_insights(event_ids=sorted({event.event_id for event in events}))
