"""Priced matches of tomorrow: what the benchmark bets on."""

from datetime import timedelta
from typing import Final

from betting.actions.reprice_event import reprice_event
from betting.models import Selection
from project.kit import clock
from sports.actions import schedule_event
from sports.actions.catalogue import ensure_competitions, ensure_football, ensure_teams
from sports.core.fixtures import CompetitionSpec, TeamSpec

LEAGUE: Final = CompetitionSpec("BEN", "Bench League", "Benchland")
ODDS: Final = {"1x2": {"home": 2100, "draw": 3400, "away": 3600}, "over_under;total=2.5": {"over": 1900, "under": 1950}}


def make_match(name: str) -> list[Selection]:
    """A match between two sides of this name; answers home, draw and away of its result."""
    football = ensure_football()
    competitions = ensure_competitions(football, [LEAGUE])
    sides = [TeamSpec(f"{name} {half}", LEAGUE.country, "SID", "#123456") for half in "AB"]
    teams = ensure_teams(football, sides)
    event = schedule_event(
        competition_id=competitions[LEAGUE.code],
        home_team_id=teams[sides[0].country, sides[0].name],
        away_team_id=teams[sides[1].country, sides[1].name],
        start_time=clock.now() + timedelta(days=1),
        prematch_odds=ODDS,
    )
    reprice_event(event_id=event.pk)
    return list(Selection.objects.filter(market__event_id=event.pk, market__key="1x2").order_by("sort"))
