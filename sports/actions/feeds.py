"""What a feed writes besides the course of its matches: which fixture comes next, and each match's plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from project.kit import clock
from sports.actions.catalogue import (
    ensure_competitions,
    ensure_players,
    ensure_source,
    ensure_sport,
    ensure_teams,
)
from sports.actions.scheduling import Entrant, EventDraft, create_event
from sports.core.fixtures import Fixture
from sports.core.outside_odds import PREMATCH_SOURCE
from sports.models import Event, EventKind, ExternalDataSource, FeedCursor, RealTimeEventData, Sport


@transaction.atomic(durable=True)
def open_feed(*, source_name: str, data_type: str) -> FeedCursor:
    """The source's own cursor, created on first use."""
    source = ensure_source(source_name, data_type)
    cursor, _ = FeedCursor.objects.get_or_create(source=source, event=None, defaults={"updated_at": clock.now()})
    return cursor


@transaction.atomic(durable=True)
def schedule_fixture(
    *,
    source_id: UUID,
    fixture: Fixture,
    slot: int,
    start_time: datetime,
    position: int,
    skipped: Sequence[int],
    unusable: int,
) -> Event | None:
    """Create the event of a fixture together with its plan, and move the source's cursor to `position`.

    `unusable` of the fixtures up to there could not be played, which is how reliable the source is.
    A fixture that was scheduled before gives None and moves the cursor all the same.
    """
    cursor = FeedCursor.objects.select_for_update().get(source_id=source_id, event=None)
    known = Event.objects.filter(source_id=source_id, source_ref=fixture.source_ref).exists()
    cursor.position = position
    cursor.state = {"skipped": list(skipped), "unusable": unusable}
    cursor.updated_at = clock.now()
    cursor.save(update_fields=["position", "state", "updated_at"])
    ExternalDataSource.objects.filter(pk=source_id).update(
        last_accessed=clock.now(), reliability_score=1.0 - unusable / max(position, 1)
    )
    if known:
        return None
    event = create_event(_draft_of(fixture, source_id, start_time))
    FeedCursor.objects.create(
        source_id=source_id, event=event, slot=slot, state=fixture.plan.to_document(), updated_at=clock.now()
    )
    return event


def _draft_of(fixture: Fixture, source_id: UUID, start_time: datetime) -> EventDraft:
    is_outright = fixture.sport == "outright"
    sport = ensure_sport("cycling" if is_outright else fixture.sport)
    competition_id = ensure_competitions(sport, [fixture.competition])[fixture.competition.code]
    return EventDraft(
        competition_id=competition_id,
        entrants=_entrants_of(fixture, sport),
        start_time=start_time,
        kind=EventKind.OUTRIGHT if is_outright else EventKind.MATCH,
        name=fixture.name,
        venue=fixture.venue,
        source_id=source_id,
        source_ref=fixture.source_ref,
        odds={PREMATCH_SOURCE: fixture.odds, **fixture.quotes},
    )


def _entrants_of(fixture: Fixture, sport: Sport) -> list[Entrant]:
    keys = [(one.country, one.name) for one in fixture.entrants]
    if sport.is_team_sport:
        teams = ensure_teams(sport, fixture.entrants)
        return [Entrant(team_id=teams[key]) for key in keys]
    players = ensure_players(sport, fixture.entrants)
    return [Entrant(player_id=players[key]) for key in keys]


@transaction.atomic(durable=True)
def record_live_data(
    *, event_id: UUID, statistics: Mapping[str, int], conditions: Mapping[str, str] | None = None
) -> RealTimeEventData:
    """Keep what a source says about a live event at this moment."""
    return RealTimeEventData.objects.create(
        event_id=event_id,
        data_timestamp=clock.now(),
        live_statistics=dict(statistics),
        live_conditions=dict(conditions or {}),
    )
