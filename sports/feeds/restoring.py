"""Rebuilding the matches a feed was playing from what the database says about them."""

from datetime import datetime, timedelta
from typing import Final

from project.kit import clock
from sports.core.incidents import SportSlug
from sports.core.match_clock import PAUSE_MINUTES
from sports.core.scripts import plan_from_document, remaining_script
from sports.feeds.running import RunningMatch
from sports.models import EventStatus, FeedCursor, Incident
from sports.queries.feeds import list_open_cursors

# A feed that was away for less catches up; one that was away longer goes on where the clocks stand, because nobody
# should come back to matches that ended behind a closed door. Half-time alone is PAUSE_MINUTES without a change.
CATCH_UP_MINUTES: Final = PAUSE_MINUTES + 2


def list_unfinished(minute_seconds: float, *, sport: SportSlug) -> list[RunningMatch]:
    """Every match of this sport, of any feed, that has no result yet, live ones first."""
    cursors = list_open_cursors(sport)
    refs: dict[object, set[str]] = {}
    incidents = Incident.objects.filter(event_id__in=[cursor.event_id for cursor in cursors], source__isnull=False)
    for event_id, source_ref in incidents.values_list("event_id", "source_ref"):
        refs.setdefault(event_id, set()).add(source_ref)
    matches = [_restore(cursor, frozenset(refs.get(cursor.event_id, ())), minute_seconds) for cursor in cursors]
    return sorted(matches, key=lambda match: (not match.is_live, match.began_at))


def _restore(cursor: FeedCursor, recorded_refs: frozenset[str], minute_seconds: float) -> RunningMatch:
    event = cursor.event
    assert event is not None and cursor.slot is not None, "the query asks for cursors of events"
    plan = plan_from_document(cursor.state)
    state = event.live_state.to_state()
    is_live = event.status == EventStatus.ONGOING
    elapsed, steps = remaining_script(plan, minute_seconds=minute_seconds, state=state, recorded_refs=recorded_refs)
    return RunningMatch(
        event_id=event.pk,
        slot=cursor.slot,
        source_id=cursor.source_id,
        team_keys=frozenset((one.who.country, one.who.name) for one in event.participants.all()),
        plan=plan,
        steps=list(steps),
        began_at=_began_at(event.live_state.updated_at, elapsed, minute_seconds) if is_live else event.start_time,
        minute_seconds=minute_seconds,
        is_live=is_live,
    )


def _began_at(last_change: datetime, elapsed: float, minute_seconds: float) -> datetime:
    """The instant of minute zero that puts the match where it stood, at its last change or, long after that, now."""
    now = clock.now()
    is_recent = now - last_change <= timedelta(seconds=CATCH_UP_MINUTES * minute_seconds)
    return (last_change if is_recent else now) - timedelta(seconds=elapsed * minute_seconds)
