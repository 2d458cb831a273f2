"""Makes matches for tests and plays them through the real actions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from project.kit import clock
from sports.actions import confirm_result, record_incident, schedule_event, start_event
from sports.actions.catalogue import ensure_competitions, ensure_football, ensure_teams
from sports.core.fixtures import CompetitionSpec, TeamSpec
from sports.core.match_state import Side
from sports.models import Event, EventResult, Incident

LEAGUE = CompetitionSpec("NV1", "Norvane First Division", "Norvane")
HOME = TeamSpec("Aldrowmere Rovers", "Norvane", "ALD", "#d6453d")
AWAY = TeamSpec("Cindlewick City", "Norvane", "CIN", "#2f7de1")
ODDS = {"1x2": {"home": 2100, "draw": 3400, "away": 3600}, "over_under;total=2.5": {"over": 1900, "under": 1950}}


def make_event(
    *,
    home: TeamSpec = HOME,
    away: TeamSpec = AWAY,
    start_time: datetime | None = None,
    odds: Mapping[str, Mapping[str, int]] = ODDS,
) -> Event:
    """A scheduled event between two teams, starting in five minutes unless told otherwise."""
    football = ensure_football()
    competitions = ensure_competitions(football, [LEAGUE])
    teams = ensure_teams(football, [home, away])
    return schedule_event(
        competition_id=competitions[LEAGUE.code],
        home_team_id=teams[home.country, home.name],
        away_team_id=teams[away.country, away.name],
        start_time=start_time or clock.now() + timedelta(minutes=5),
        venue="Aldrowmere Park",
        prematch_odds=odds,
    )


def make_live_event(**arguments: object) -> Event:
    """An event that has kicked off."""
    event = make_event(**arguments)  # type: ignore[arg-type]  # passed through
    start_event(event_id=event.pk)
    event.refresh_from_db()
    return event


def score_goal(event: Event, side: Side, *, minute: int) -> Incident:
    """A goal; betting stays stopped after it."""
    return record_incident(event_id=event.pk, incident_type="goal", side=side, minute=minute)


def end_match(event: Event) -> EventResult:
    """Whistle a live event through to its confirmed result, from whatever phase it is in."""
    phase = Event.objects.select_related("live_state").get(pk=event.pk).live_state.phase
    if phase == "first_half":
        record_incident(event_id=event.pk, incident_type="half_time", minute=45)
    if phase in ("first_half", "half_time"):
        record_incident(event_id=event.pk, incident_type="second_half", minute=45)
    record_incident(event_id=event.pk, incident_type="full_time", minute=90)
    return confirm_result(event_id=event.pk)


def play_to_end(goals: Sequence[Side] = ("home", "away", "home"), **arguments: object) -> Event:
    """A match with these goals in order, played to its confirmed result."""
    event = make_live_event(**arguments)
    for number, side in enumerate(goals, start=1):
        score_goal(event, side, minute=number)
    end_match(event)
    event.refresh_from_db()
    return event
