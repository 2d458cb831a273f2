"""Reading events for lists and pages, always in a constant number of statements."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from project.kit import clock
from project.kit.pagination import paginate
from project.kit.schemas import Page
from sports.models import (
    Competition,
    Event,
    EventParticipant,
    EventResult,
    EventStatus,
    Incident,
    RealTimeEventData,
)
from sports.queries.limits import COMPETITION_ROWS, FINISHED_ROWS, IN_PLAY_ROWS, INCIDENT_ROWS, UPCOMING_ROWS
from sports.queries.participants import describe_runner, describe_side
from sports.queries.results import facts_of_result
from sports.queries.score_details import period_scores
from sports.queries.scoreboards import scoreboard_of
from sports.schemas import (
    CompetitionReply,
    EventDetail,
    EventFilter,
    EventRow,
    IncidentReply,
    LobbyReply,
    PlacingReply,
    ResultReply,
)

STATUSES_OF: dict[EventFilter, tuple[EventStatus, ...]] = {
    "in_play": (EventStatus.ONGOING, EventStatus.INTERRUPTED),
    "upcoming": (EventStatus.SCHEDULED, EventStatus.POSTPONED),
    "finished": (EventStatus.COMPLETED, EventStatus.ABANDONED),
}
PARTICIPANTS = Prefetch(
    "participants",
    queryset=EventParticipant.objects.select_related("team", "player").order_by("side", "number"),
    to_attr="sides",
)


def get_lobby() -> LobbyReply:
    """The three lists of the first page, in six statements whatever their length."""
    return LobbyReply(
        server_time=clock.now(),
        in_play=_rows("in_play", ("start_time", "id"), IN_PLAY_ROWS),
        upcoming=_rows("upcoming", ("start_time", "id"), UPCOMING_ROWS),
        finished=_rows("finished", ("-start_time", "-id"), FINISHED_ROWS),
    )


def list_events(
    *, status: EventFilter | None, competition_id: UUID | None, cursor: str | None, limit: int
) -> Page[EventRow]:
    """Events by start time; finished ones newest first."""
    events = _with_everything(Event.objects.all())
    if status is not None:
        events = events.filter(status__in=STATUSES_OF[status])
    if competition_id is not None:
        events = events.filter(competition_id=competition_id)
    order: Sequence[str] = ("-start_time", "-id") if status == "finished" else ("start_time", "id")
    return paginate(events, cursor=cursor, limit=limit, order=order, shape=describe_event)


def find_event_detail(event_id: UUID) -> EventDetail | None:
    """One event with its incidents, result and latest statistics, in five statements."""
    event = _with_everything(Event.objects.filter(pk=event_id)).first()
    if event is None:
        return None
    result = EventResult.objects.filter(event_id=event_id).order_by("-version").first()
    data = RealTimeEventData.objects.filter(event_id=event_id).order_by("-data_timestamp").first()
    row = describe_event(event)
    return EventDetail.model_validate(
        {
            **{name: getattr(row, name) for name in EventRow.model_fields},
            "venue": event.venue,
            "incidents": list_incidents(event_id),
            "result": describe_result(result) if result else None,
            "statistics": data.live_statistics if data else {},
        }
    )


def list_incidents(event_id: UUID) -> list[IncidentReply]:
    """The incidents of an event in order."""
    return [
        describe_incident(incident)
        for incident in Incident.objects.filter(event_id=event_id).order_by("seq")[:INCIDENT_ROWS]
    ]


def list_competitions() -> list[CompetitionReply]:
    """Every competition by country and name."""
    return [
        describe_competition(one) for one in Competition.objects.order_by("country", "name", "id")[:COMPETITION_ROWS]
    ]


def describe_event(event: Event) -> EventRow:
    """The row of an event loaded by this module."""
    sides: list[EventParticipant] = event.sides  # type: ignore[attr-defined]  # set by the prefetch above
    by_side = {one.side: describe_side(one) for one in sides if one.side}
    event.live_state.event = event
    scoreboard = scoreboard_of(event.live_state)
    return EventRow(
        id=event.pk,
        kind=event.kind,  # type: ignore[arg-type]  # the check constraint admits only kinds
        name=event.name,
        sport=event.sport.slug,
        competition=describe_competition(event.competition),
        home=by_side.get("home"),
        away=by_side.get("away"),
        participants=[describe_runner(one) for one in sides if not one.side],
        start_time=event.start_time,
        status=scoreboard.status,
        scoreboard=scoreboard,
        scoreboard_version=scoreboard.version,
    )


def describe_competition(competition: Competition) -> CompetitionReply:
    """A competition as clients see it."""
    return CompetitionReply(id=competition.pk, name=competition.name, country=competition.country)


def describe_incident(incident: Incident) -> IncidentReply:
    """An incident as clients see it."""
    return IncidentReply.model_validate(
        {
            "seq": incident.seq,
            "type": incident.incident_type,
            "side": incident.side,
            "minute": incident.minute,
            "added": incident.added,
            "home_goals": incident.home_goals,
            "away_goals": incident.away_goals,
            "number": incident.number,
            "score": incident.score,
            "recorded_at": incident.recorded_at,
        }
    )


def describe_result(result: EventResult) -> ResultReply:
    """A result version as clients see it."""
    facts = facts_of_result(result)
    return ResultReply(
        home_goals=result.home_goals,
        away_goals=result.away_goals,
        periods=period_scores(facts.periods),
        placings=[
            PlacingReply(outcome=outcome, place=one.place, tied=one.tied)
            for outcome, one in sorted(facts.finish.items(), key=lambda item: (item[1].place, item[0]))
        ],
        ending=facts.ending,
        reason=result.reason,
        is_final=result.is_final,
        version=result.version,
    )


def _rows(status: EventFilter, order: Iterable[str], rows: int) -> list[EventRow]:
    events = _with_everything(Event.objects.filter(status__in=STATUSES_OF[status]))
    return [describe_event(event) for event in events.order_by(*order)[:rows]]


def _with_everything(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.select_related("sport", "competition", "live_state").prefetch_related(PARTICIPANTS)
