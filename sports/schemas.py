"""What clients read about sports, over HTTP and on topics. Clients write nothing here."""

from typing import Literal
from uuid import UUID

from project.kit.schemas import Instant, Reply
from sports.core.incidents import IncidentType, Side, StopReason
from sports.core.match_state import Phase

EventStatusName = Literal["scheduled", "ongoing", "interrupted", "completed", "abandoned", "postponed", "cancelled"]
EventFilter = Literal["in_play", "upcoming", "finished"]


class CompetitionReply(Reply):
    """A league or cup."""

    id: UUID
    name: str
    country: str


class TeamReply(Reply):
    """A side with its mark: three capitals and a colour as #rrggbb."""

    id: UUID
    name: str
    short_name: str
    color: str


class Scoreboard(Reply):
    """The state of a match as shown; `version` grows with every change."""

    event_id: UUID
    status: EventStatusName
    phase: Phase
    minute: int
    added: int
    clock: str
    home_goals: int
    away_goals: int
    home_reds: int
    away_reds: int
    home_yellows: int
    away_yellows: int
    is_betting_stopped: bool
    stop_reason: StopReason
    incident_seq: int
    version: int


class LobbyScore(Scoreboard):
    """A scoreboard among others, with the names of its sides."""

    home_name: str
    away_name: str


class EventRow(Reply):
    """One match in a list."""

    id: UUID
    sport: str
    competition: CompetitionReply
    home: TeamReply
    away: TeamReply
    start_time: Instant
    status: EventStatusName
    scoreboard: Scoreboard
    scoreboard_version: int


class IncidentReply(Reply):
    """One incident with the score after it."""

    seq: int
    type: IncidentType
    side: Side
    minute: int
    added: int
    home_goals: int
    away_goals: int
    recorded_at: Instant


class ResultReply(Reply):
    """The newest version of a result."""

    home_goals: int
    away_goals: int
    is_final: bool
    version: int


class EventDetail(EventRow):
    """One match in full. `statistics` is empty where the source has none."""

    venue: str
    incidents: list[IncidentReply]
    result: ResultReply | None
    statistics: dict[str, int]


class LobbyReply(Reply):
    """The first page: what is played now, what starts soon, what has just ended."""

    server_time: Instant
    in_play: list[EventRow]
    upcoming: list[EventRow]
    finished: list[EventRow]


class HistoricalEventReply(Reply):
    """One past match of a competition."""

    id: UUID
    season: str
    event_date: Instant
    home: TeamReply
    away: TeamReply
    home_goals: int
    away_goals: int
    statistics: dict[str, int]
