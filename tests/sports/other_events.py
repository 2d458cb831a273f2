"""Makes tennis, basketball and outright events for tests."""

from datetime import timedelta

from project.kit import clock
from sports.actions import schedule_event, schedule_outright, schedule_player_match, start_event
from sports.actions.catalogue import ensure_competitions, ensure_players, ensure_sport, ensure_teams
from sports.core.basketball.synthetic import COMPETITION as BASKETBALL
from sports.core.fixtures import TeamSpec
from sports.core.outright.synthetic import COMPETITION as TRIALS
from sports.core.tennis.state import TennisState
from sports.core.tennis.synthetic import COMPETITION as TENNIS
from sports.models import Event

ADA = TeamSpec("Aldo Ambrell", "Norvane", "AMB", "#d6453d")
BEN = TeamSpec("Benna Brandvik", "Estmark", "BRA", "#2f7de1")
COMETS = TeamSpec("Brundheim Comets", "Estmark", "BRU", "#d6453d")
HERONS = TeamSpec("Falsttorp Herons", "Estmark", "FAL", "#2f7de1")


def make_tennis(home_milli: int = 1500, away_milli: int = 2500, *, best_of: int = 3) -> Event:
    sport = ensure_sport("tennis")
    players = ensure_players(sport, [ADA, BEN])
    return schedule_player_match(
        competition_id=ensure_competitions(sport, [TENNIS])[TENNIS.code],
        home_player_id=players[ADA.country, ADA.name],
        away_player_id=players[BEN.country, BEN.name],
        start_time=clock.now() + timedelta(minutes=5),
        prematch_odds={"match_winner": {"home": home_milli, "away": away_milli}},
        state=TennisState(best_of=best_of),
    )


def make_basketball() -> Event:
    sport = ensure_sport("basketball")
    teams = ensure_teams(sport, [COMETS, HERONS])
    return schedule_event(
        competition_id=ensure_competitions(sport, [BASKETBALL])[BASKETBALL.code],
        home_team_id=teams[COMETS.country, COMETS.name],
        away_team_id=teams[HERONS.country, HERONS.name],
        start_time=clock.now() + timedelta(minutes=5),
        prematch_odds={
            "match_winner": {"home": 1800, "away": 2000},
            "total_points;total=158.5": {"over": 1900, "under": 1900},
        },
    )


def make_outright(runners: int = 4, *, is_even: bool = False) -> Event:
    """Riders at 2.00, 3.00 and so on, or all at the same odds."""
    sport = ensure_sport("cycling")
    specs = [TeamSpec(f"Rider {number}", "Solvara", f"R{number:02d}", "#2a9d6f") for number in range(1, runners + 1)]
    players = ensure_players(sport, specs)
    odds = {f"p{number}": 1000 + 1000 * (runners if is_even else number) for number in range(1, runners + 1)}
    return schedule_outright(
        competition_id=ensure_competitions(sport, [TRIALS])[TRIALS.code],
        name="Coast Road Time Trial",
        player_ids=[players[one.country, one.name] for one in specs],
        start_time=clock.now() + timedelta(minutes=5),
        prematch_odds={"outright_winner": odds},
    )


def started(event: Event) -> Event:
    """The event after its start; in tennis the home side serves first."""
    start_event(event_id=event.pk, side="home" if event.sport.slug == "tennis" else "")
    event.refresh_from_db()
    return event
