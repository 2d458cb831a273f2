"""Bringing events into being and moving their start."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.errors import NotFound
from project.kit.events import publish
from sports.actions.live_states import publish_scoreboard
from sports.actions.odds import store_odds
from sports.errors import EventAlreadyStarted
from sports.events import EventRescheduled, EventScheduled
from sports.locks import lock_event_exclusive, lock_live_state
from sports.models import Competition, Event, EventParticipant, EventStatus, LiveState, SideName, Team
from sports.queries.odds import PREMATCH_SOURCE


@transaction.atomic(durable=True)
def schedule_event(
    *,
    competition_id: UUID,
    home_team_id: UUID,
    away_team_id: UUID,
    start_time: datetime,
    venue: str = "",
    source_id: UUID | None = None,
    source_ref: str = "",
    prematch_odds: Mapping[str, Mapping[str, int]] | None = None,
) -> Event:
    """Create an event with its sides, live state and the prices known before it.

    Raises NotFound for an unknown competition or team, InvalidMarketKey for a price of no market.
    """
    return create_event(
        competition_id=competition_id,
        home_team_id=home_team_id,
        away_team_id=away_team_id,
        start_time=start_time,
        venue=venue,
        source_id=source_id,
        source_ref=source_ref,
        prematch_odds=prematch_odds or {},
    )


def create_event(
    *,
    competition_id: UUID,
    home_team_id: UUID,
    away_team_id: UUID,
    start_time: datetime,
    venue: str,
    source_id: UUID | None,
    source_ref: str,
    prematch_odds: Mapping[str, Mapping[str, int]],
) -> Event:
    """The writes of `schedule_event`, inside the caller's transaction."""
    competition = Competition.objects.filter(pk=competition_id).first()
    teams = Team.objects.in_bulk([home_team_id, away_team_id])
    if competition is None or len(teams) != 2:
        raise NotFound("A match needs a competition and two teams")
    now = clock.now()
    event = Event.objects.create(
        sport_id=competition.sport_id,
        competition=competition,
        name=f"{teams[home_team_id].name} v {teams[away_team_id].name}",
        venue=venue,
        start_time=start_time,
        source_id=source_id,
        source_ref=source_ref,
        created_at=now,
    )
    EventParticipant.objects.bulk_create(
        [
            EventParticipant(event=event, side=SideName.HOME, team_id=home_team_id),
            EventParticipant(event=event, side=SideName.AWAY, team_id=away_team_id),
        ]
    )
    live = LiveState.objects.create(event=event, updated_at=now)
    store_odds(event_id=event.pk, source=PREMATCH_SOURCE, odds=prematch_odds)
    publish(EventScheduled(event_id=event.pk))
    publish_scoreboard(live)
    return event


@transaction.atomic(durable=True)
def reschedule_event(*, event_id: UUID, start_time: datetime) -> Event:
    """Move the start of an event that has not begun. Raises EventAlreadyStarted."""
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    if live.event.status != EventStatus.SCHEDULED:
        raise EventAlreadyStarted(f"The event is {live.event.status}")
    if live.event.start_time == start_time:
        return live.event
    live.event.start_time = start_time
    live.event.save(update_fields=["start_time"])
    publish(EventRescheduled(event_id=event_id))
    return live.event
