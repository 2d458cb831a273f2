"""Scoreboards: live states as they are shown and sent."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from project.kit.topics import Keyed, Tally
from sports.core.sport_state import clock_text, score_text
from sports.models import Event, EventStatus, LiveState
from sports.queries.limits import FINISHED_ROWS, IN_PLAY_ROWS, UPCOMING_ROWS
from sports.queries.participants import list_names, list_side_names
from sports.queries.score_details import detail_of
from sports.schemas import LobbyScore, Scoreboard


class SideNames(NamedTuple):
    """The names of a match's two sides; both empty for an outright event."""

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
    return _side_names_of([event_id])[event_id]


@lru_cache(maxsize=1024)
def get_participant_names(event_id: UUID) -> Mapping[str, str]:
    """The names of those who take part by outcome: home and away, or p1, p2, ...; they never change."""
    return MappingProxyType(list_names(event_id))


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
    wanted = list(event_ids)
    names = list_side_names(wanted)
    return {
        event_id: SideNames(names.get((event_id, "home"), ""), names.get((event_id, "away"), "")) for event_id in wanted
    }


def _fields_of(live: LiveState) -> dict[str, object]:
    event: Event = live.event
    state = live.to_state()
    return {
        "event_id": live.event_id,
        "sport": live.sport,
        "status": event.status,
        "phase": live.phase,
        "minute": live.minute,
        "added": live.added,
        "clock": clock_text(state),
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
        "score": score_text(state),
        "detail": detail_of(state),
    }
