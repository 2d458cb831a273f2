"""HTTP routes of sports: the lobby, events, competitions and their past. All of it is public and read-only."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from project.kit.callers import Caller
from project.kit.errors import NotFound
from project.kit.http import caller_of
from project.kit.pagination import DEFAULT_LIMIT, MAX_LIMIT
from project.kit.schemas import Command, Page
from sports.access import get_competition
from sports.queries.events import find_event_detail, get_lobby, list_competitions, list_events
from sports.queries.history import list_history
from sports.schemas import (
    CompetitionReply,
    EventDetail,
    EventFilter,
    EventRow,
    HistoricalEventReply,
    LobbyReply,
)

router = Router(tags=["sports"])

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]


class PageQuery(Command):
    """Which page of a list."""

    cursor: str | None = None
    limit: Limit = DEFAULT_LIMIT


class EventQuery(PageQuery):
    """Which events, and which page of them."""

    status: EventFilter | None = None
    competition: UUID | None = None


def read_lobby(caller: Caller) -> LobbyReply:
    """What is played now, what starts soon, what has just ended."""
    return get_lobby()


def read_events(caller: Caller, query: EventQuery) -> Page[EventRow]:
    """A page of events."""
    return list_events(status=query.status, competition_id=query.competition, cursor=query.cursor, limit=query.limit)


def read_event(caller: Caller, event_id: UUID) -> EventDetail:
    """One event in full."""
    detail = find_event_detail(event_id)
    if detail is None:
        raise NotFound("No such event")
    return detail


def read_history(caller: Caller, competition_id: UUID, query: PageQuery) -> Page[HistoricalEventReply]:
    """A page of a competition's past matches."""
    competition = get_competition(competition_id)
    return list_history(competition_id=competition.pk, cursor=query.cursor, limit=query.limit)


@router.get("/lobby", response=LobbyReply, summary="The lobby")
def get_lobby_route(request: HttpRequest) -> LobbyReply:
    return read_lobby(caller_of(request))


@router.get("/events", response=Page[EventRow], summary="Events by start time")
def list_events_route(request: HttpRequest, query: Query[EventQuery]) -> Page[EventRow]:
    return read_events(caller_of(request), query)


@router.get("/events/{event_id}", response=EventDetail, summary="One event")
def get_event_route(request: HttpRequest, event_id: UUID) -> EventDetail:
    return read_event(caller_of(request), event_id)


@router.get("/competitions", response=list[CompetitionReply], summary="All competitions")
def list_competitions_route(request: HttpRequest) -> list[CompetitionReply]:
    return list_competitions()


@router.get(
    "/competitions/{competition_id}/history", response=Page[HistoricalEventReply], summary="Past matches, newest first"
)
def list_history_route(
    request: HttpRequest, competition_id: UUID, query: Query[PageQuery]
) -> Page[HistoricalEventReply]:
    return read_history(caller_of(request), competition_id, query)
