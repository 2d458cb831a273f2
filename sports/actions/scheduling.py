"""Bringing events into being and moving their start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from project.kit import clock
from project.kit.errors import NotFound, ValidationFailed
from project.kit.events import publish
from sports.actions.live_states import publish_scoreboard, store_state
from sports.actions.odds import store_odds
from sports.core.outside_odds import PREMATCH_SOURCE
from sports.core.sport_state import AnyState, initial_state, to_columns
from sports.core.tennis.state import MATCH_LENGTHS, TennisState
from sports.errors import EventAlreadyStarted
from sports.events import EventRescheduled, EventScheduled
from sports.locks import lock_event_exclusive, lock_live_state
from sports.models import (
    Competition,
    Event,
    EventKind,
    EventParticipant,
    EventStatus,
    LiveState,
    Player,
    Sport,
    Team,
)

OddsByMarket = Mapping[str, Mapping[str, int]]
OUTRIGHT_SPORT = "outright"


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who takes part: a team or a player, exactly one."""

    team_id: UUID | None = None
    player_id: UUID | None = None

    def __post_init__(self) -> None:
        assert (self.team_id is None) != (self.player_id is None), "a team or a player"


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to come. The entrants of a match are its home and its away side, those of an outright event are
    numbered from 1. `odds` are prices in thousandths by source, market key and outcome.
    """

    competition_id: UUID
    entrants: Sequence[Entrant]
    start_time: datetime
    kind: EventKind = EventKind.MATCH
    name: str = ""
    venue: str = ""
    source_id: UUID | None = None
    source_ref: str = ""
    odds: Mapping[str, OddsByMarket] = field(default_factory=dict)
    state: AnyState | None = None


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
    prematch_odds: OddsByMarket | None = None,
) -> Event:
    """Create a match of two teams with its live state and the prices known before it.

    Raises NotFound for an unknown competition or team, InvalidMarketKey for a price of no market.
    """
    return create_event(
        EventDraft(
            competition_id=competition_id,
            entrants=[Entrant(team_id=home_team_id), Entrant(team_id=away_team_id)],
            start_time=start_time,
            venue=venue,
            source_id=source_id,
            source_ref=source_ref,
            odds={PREMATCH_SOURCE: prematch_odds or {}},
        )
    )


@transaction.atomic(durable=True)
def schedule_player_match(
    *,
    competition_id: UUID,
    home_player_id: UUID,
    away_player_id: UUID,
    start_time: datetime,
    venue: str = "",
    prematch_odds: OddsByMarket | None = None,
    state: AnyState | None = None,
) -> Event:
    """Create a match of two players; `state` says how long it is played where that is not the usual.

    Raises NotFound for an unknown competition or player, InvalidMarketKey for a price of no market, ValidationFailed
    for a length that tennis is not played over here.
    """
    return create_event(
        EventDraft(
            competition_id=competition_id,
            entrants=[Entrant(player_id=home_player_id), Entrant(player_id=away_player_id)],
            start_time=start_time,
            venue=venue,
            odds={PREMATCH_SOURCE: prematch_odds or {}},
            state=state,
        )
    )


@transaction.atomic(durable=True)
def schedule_outright(
    *,
    competition_id: UUID,
    name: str,
    player_ids: Sequence[UUID],
    start_time: datetime,
    prematch_odds: OddsByMarket | None = None,
) -> Event:
    """Create an event that one of many players wins; they are numbered from 1 in this order.

    Raises NotFound for an unknown competition or player, InvalidMarketKey for a price of no market.
    """
    return create_event(
        EventDraft(
            competition_id=competition_id,
            entrants=[Entrant(player_id=player_id) for player_id in player_ids],
            start_time=start_time,
            kind=EventKind.OUTRIGHT,
            name=name,
            odds={PREMATCH_SOURCE: prematch_odds or {}},
        )
    )


def create_event(draft: EventDraft) -> Event:
    """The writes of scheduling, inside the caller's transaction."""
    competition = Competition.objects.select_related("sport").filter(pk=draft.competition_id).first()
    names = _names_of(draft.entrants)
    _check_length(draft.state)
    if competition is None or len(names) != len(draft.entrants):
        raise NotFound("An event needs a competition and those who take part")
    now = clock.now()
    event = Event.objects.create(
        kind=draft.kind,
        sport_id=competition.sport_id,
        competition=competition,
        name=draft.name or " v ".join(names),
        venue=draft.venue,
        start_time=draft.start_time,
        source_id=draft.source_id,
        source_ref=draft.source_ref,
        created_at=now,
    )
    EventParticipant.objects.bulk_create(_participants(event, draft.entrants))
    state = draft.state or _state_of(competition.sport, draft)
    live = LiveState.objects.create(event=event, sport=state.sport, updated_at=now, **to_columns(state))
    for source, odds in draft.odds.items():
        store_odds(event_id=event.pk, source=source, odds=odds)
    publish(EventScheduled(event_id=event.pk))
    publish_scoreboard(live)
    return event


@transaction.atomic(durable=True)
def reschedule_event(*, event_id: UUID, start_time: datetime) -> Event:
    """Move the start of an event that has not begun; a postponed one is on again. Raises EventAlreadyStarted."""
    lock_event_exclusive(event_id)
    live = lock_live_state(event_id)
    if live.event.status not in (EventStatus.SCHEDULED, EventStatus.POSTPONED):
        raise EventAlreadyStarted(f"The event is {live.event.status}")
    is_postponed = live.event.status == EventStatus.POSTPONED
    if live.event.start_time == start_time and not is_postponed:
        return live.event
    live.event.start_time = start_time
    live.event.status = EventStatus.SCHEDULED
    live.event.save(update_fields=["start_time", "status"])
    if is_postponed:
        store_state(live, replace(live.to_state(), is_betting_stopped=False, stop_reason=""))
        publish_scoreboard(live)
    publish(EventRescheduled(event_id=event_id))
    return live.event


def _check_length(state: AnyState | None) -> None:
    """A match of any other number of sets would be counted by the rules of these."""
    if isinstance(state, TennisState) and state.best_of not in MATCH_LENGTHS:
        message = "Tennis is played over the best of three or five sets"
        raise ValidationFailed(message, errors=[{"pointer": "/state/best_of", "code": "invalid", "message": message}])


def _state_of(sport: Sport, draft: EventDraft) -> AnyState:
    slug = OUTRIGHT_SPORT if draft.kind == EventKind.OUTRIGHT else sport.slug
    return initial_state(slug, runners=len(draft.entrants))


def _participants(event: Event, entrants: Sequence[Entrant]) -> list[EventParticipant]:
    is_match = event.kind == EventKind.MATCH
    return [
        EventParticipant(
            event=event,
            side=("home", "away")[place] if is_match else "",
            number=None if is_match else place + 1,
            team_id=entrant.team_id,
            player_id=entrant.player_id,
        )
        for place, entrant in enumerate(entrants)
    ]


def _names_of(entrants: Sequence[Entrant]) -> list[str]:
    """The names in order; shorter than the entrants where one is unknown or listed twice."""
    teams = Team.objects.in_bulk([one.team_id for one in entrants if one.team_id])
    players = Player.objects.in_bulk([one.player_id for one in entrants if one.player_id])
    if len(teams) + len(players) != len(entrants):
        return []
    return [teams[one.team_id].name if one.team_id else players[one.player_id].name for one in entrants]
