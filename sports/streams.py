"""Topics of sports: scoreboards (conflated) and incidents (sequenced), open to everyone."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from project.kit.topics import Arguments, Change, ConflatedTopic, Keyed, SequencedTopic, Tally, declare, everyone
from sports.queries.events import list_incidents
from sports.queries.scoreboards import (
    find_live_state,
    list_lobby_scores,
    scoreboard_of,
    tally_lobby_scores,
    tally_scoreboards,
)
from sports.schemas import IncidentReply, LobbyScore, Scoreboard

SCOREBOARD_KEY = "state"


class IncidentRecordedChange(Change):
    """One more incident of the event."""

    type: Literal["incident.recorded"] = "incident.recorded"
    incident: IncidentReply


def _lobby_image(arguments: Arguments) -> list[Keyed]:
    return list_lobby_scores()


def _lobby_tally(many: Sequence[Arguments]) -> list[Tally]:
    return [tally_lobby_scores()] * len(many)


def _scoreboard_tally(many: Sequence[Arguments]) -> list[Tally]:
    return tally_scoreboards([UUID(arguments["event_id"]) for arguments in many])


def _scoreboard_image(arguments: Arguments) -> list[Keyed]:
    live = find_live_state(UUID(arguments["event_id"]))
    if live is None:
        return []
    return [Keyed(SCOREBOARD_KEY, live.version, scoreboard_of(live).to_json())]


def _incidents_image(arguments: Arguments) -> dict[str, Any]:
    return {"incidents": [incident.to_json() for incident in list_incidents(UUID(arguments["event_id"]))]}


LOBBY_SCORES = declare(
    ConflatedTopic(
        name="lobby_scores",
        pattern="lobby:scores",
        may_subscribe=everyone,
        values=(LobbyScore,),
        image=_lobby_image,
        tally=_lobby_tally,
    )
)
EVENT_SCOREBOARD = declare(
    ConflatedTopic(
        name="event_scoreboard",
        pattern="event:{event_id}:scoreboard",
        may_subscribe=everyone,
        values=(Scoreboard,),
        image=_scoreboard_image,
        tally=_scoreboard_tally,
    )
)
EVENT_INCIDENTS = declare(
    SequencedTopic(
        name="event_incidents",
        pattern="event:{event_id}:incidents",
        may_subscribe=everyone,
        changes=(IncidentRecordedChange,),
        image=_incidents_image,
    )
)
