"""What clients read about sports, over HTTP and on topics. Clients write nothing here."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from project.kit.schemas import Instant, Reply
from sports.core.incidents import IncidentType, Side, SportSlug, StopReason
from sports.core.score_facts import Ending

EventStatusName = Literal["scheduled", "ongoing", "interrupted", "completed", "abandoned", "postponed", "cancelled"]
EventKindName = Literal["match", "outright"]
PhaseName = Literal["scheduled", "first_half", "half_time", "second_half", "playing", "break", "completed"]
EventFilter = Literal["in_play", "upcoming", "finished"]


class CompetitionReply(Reply):
    """A league or cup."""

    id: UUID
    name: str
    country: str


class TeamReply(Reply):
    """A side, team or player, with its mark: three capitals and a colour as #rrggbb."""

    id: UUID
    name: str
    short_name: str
    color: str


class ParticipantReply(TeamReply):
    """One of the field of an outright event; `outcome` is `p<number>` in its markets."""

    number: int
    outcome: str


class PeriodScore(Reply):
    """What each side has in one set, half or quarter."""

    home: int
    away: int


class FootballDetail(Reply):
    """Beside the football fields of the scoreboard: the goals of the first half once it is over."""

    sport: Literal["football"] = "football"
    half_time: PeriodScore | None


class TennisDetail(Reply):
    """`sets` are games by finished set, `games` those of the running one; points read 0, 15, 30, 40, Ad, or plain
    numbers in a tie-break. `server` is who serves the next point.
    """

    sport: Literal["tennis"] = "tennis"
    best_of: int
    sets: list[PeriodScore]
    games: PeriodScore
    home_points: str
    away_points: str
    server: Side
    is_tie_break: bool
    ending: Ending


class BasketballDetail(Reply):
    """`period` is 1 to 4, then 5 and on for overtimes; `current` are the points of the running one."""

    sport: Literal["basketball"] = "basketball"
    period: int
    period_name: str
    quarter_minutes: int
    seconds_left: int
    periods: list[PeriodScore]
    current: PeriodScore


class RunnerPosition(Reply):
    """Where one runner is: `gap` is tenths of a second behind the first; `place` 0 means did not finish."""

    number: int
    place: int
    gap: int


class OutrightDetail(Reply):
    """Runners from first to last, in play and at the end; those withdrawn before the off by number."""

    sport: Literal["outright"] = "outright"
    progress: int
    runners: int
    positions: list[RunnerPosition]
    withdrawn: list[int]


ScoreDetail = Annotated[FootballDetail | TennisDetail | BasketballDetail | OutrightDetail, Field(discriminator="sport")]


class Scoreboard(Reply):
    """The state of an event as shown; `version` grows with every change.

    `home_goals` and `away_goals` are the headline score: goals, sets or points. `score` is all of it in words and
    `detail` in parts, as the sport counts it. Cards and minutes are football's.
    """

    event_id: UUID
    sport: SportSlug
    status: EventStatusName
    phase: PhaseName
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
    score: str
    detail: ScoreDetail


class LobbyScore(Scoreboard):
    """A scoreboard among others, with the names of its sides; both empty for an outright event."""

    home_name: str
    away_name: str


class EventRow(Reply):
    """One event in a list: a match with a home and an away side, or an outright event with a field of participants."""

    id: UUID
    kind: EventKindName
    name: str
    sport: str
    competition: CompetitionReply
    home: TeamReply | None
    away: TeamReply | None
    participants: list[ParticipantReply]
    start_time: Instant
    status: EventStatusName
    scoreboard: Scoreboard
    scoreboard_version: int


class IncidentReply(Reply):
    """One incident with the score after it. `number` is what a basket counts, or the runner of a withdrawal."""

    seq: int
    type: IncidentType
    side: Side
    minute: int
    added: int
    home_goals: int
    away_goals: int
    number: int
    score: str
    recorded_at: Instant


class PlacingReply(Reply):
    """A finishing place in an outright event; `tied` share it."""

    outcome: str
    place: int
    tied: int


class ResultReply(Reply):
    """The newest version of a result; `ending` says how the event came to its end, `reason` why it was changed."""

    home_goals: int
    away_goals: int
    periods: list[PeriodScore]
    placings: list[PlacingReply]
    ending: Ending
    reason: str
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
