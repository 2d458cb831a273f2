"""Scoreboards: live states as they are shown and sent."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from project.kit.topics import Keyed, Tally
from sports.core.sport_state import clock_text
from sports.models import Event, EventParticipant, EventStatus, LiveState
from sports.queries.limits import FINISHED_ROWS, IN_PLAY_ROWS, UPCOMING_ROWS
from sports.schemas import LobbyScore, Scoreboard


class SideNames(NamedTuple):
    """The names of an event's two sides."""

    home: str
    away: str


def scoreboard_of(live: LiveState) -> Scoreboard:
    """The scoreboard of a live state whose event is loaded."""
    return Scoreboard.model_validate(_fields_of(live))


def lobby_score_of(live: LiveState, names: SideNames) -> LobbyScore:
    """The scoreboard as it stands in the lobby."""
    return LobbyScore.model_validate({**_fields_of(live), "home_name": names.home, "away_name": names.away})


@lru_cache(maxsize=4096)
def get_side_names(event_id: UUID) -> SideNames:
    """The names of an event's sides; they never change, so a process asks once."""
    names = dict(EventParticipant.objects.filter(event_id=event_id).values_list("side", "team__name"))
    return SideNames(names["home"], names["away"])


def get_live_state(event_id: UUID) -> LiveState:
    """The live state with its event. Raises LiveState.DoesNotExist."""
    return LiveState.objects.select_related("event").get(pk=event_id)


def find_live_state(event_id: UUID) -> LiveState | None:
    """The live state with its event, or None."""
    return LiveState.objects.select_related("event").filter(pk=event_id).first()


def list_lobby_scores() -> list[Keyed]:
    """The newest scoreboard of every event the lobby shows, in four queries."""
    live_states = [live for states in _shown() for live in states]
    names = _side_names_of(live.event_id for live in live_states)
    return [
        Keyed(
            key=str(live.event_id),
            version=live.version,
            value=lobby_score_of(live, names[live.event_id]).to_json(),
        )
        for live in live_states
    ]


def tally_lobby_scores() -> Tally:
    """What `list_lobby_scores` adds up to, in one statement."""
    ongoing, upcoming, finished = (states.values_list("version", flat=True) for states in _shown())
    versions = list(ongoing.union(upcoming, finished, all=True))
    return Tally(keys=len(versions), version_sum=sum(versions))


def tally_scoreboards(event_ids: Sequence[UUID]) -> list[Tally]:
    """One key and its version for each event that exists, in one statement."""
    versions = dict(LiveState.objects.filter(pk__in=list(event_ids)).values_list("pk", "version"))
    return [Tally(1, versions[event_id]) if event_id in versions else Tally(0, 0) for event_id in event_ids]


def _shown() -> "tuple[QuerySet[LiveState], QuerySet[LiveState], QuerySet[LiveState]]":
    """What is played, what comes and what was, as far as the lobby shows it."""
    states = LiveState.objects.select_related("event")
    ongoing = states.filter(event__status=EventStatus.ONGOING).order_by("event__start_time", "event_id")
    upcoming = states.filter(event__status=EventStatus.SCHEDULED).order_by("event__start_time", "event_id")
    finished = states.filter(event__status=EventStatus.COMPLETED).order_by("-event__start_time", "-event_id")
    return ongoing[:IN_PLAY_ROWS], upcoming[:UPCOMING_ROWS], finished[:FINISHED_ROWS]


def _side_names_of(event_ids: Iterable[UUID]) -> dict[UUID, SideNames]:
    rows = EventParticipant.objects.filter(event_id__in=list(event_ids)).values_list("event_id", "side", "team__name")
    names: dict[UUID, dict[str, str]] = {}
    for event_id, side, name in rows:
        names.setdefault(event_id, {})[side] = name or ""
    return {event_id: SideNames(sides["home"], sides["away"]) for event_id, sides in names.items()}


def _fields_of(live: LiveState) -> dict[str, object]:
    event: Event = live.event
    return {
        "event_id": live.event_id,
        "status": event.status,
        "phase": live.phase,
        "minute": live.minute,
        "added": live.added,
        "clock": clock_text(live.to_state()),
        "home_goals": live.home_goals,
        "away_goals": live.away_goals,
        "home_reds": live.home_reds,
        "away_reds": live.away_reds,
        "home_yellows": live.home_yellows,
        "away_yellows": live.away_yellows,
        "is_betting_stopped": live.is_betting_stopped,
        "stop_reason": live.stop_reason,
        "incident_seq": live.incident_seq,
        "version": live.version,
    }
