"""Who bets in the benchmark and what on: people with funds and sessions, priced matches that have not begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password

from accounts.models import Profile, User
from betting.actions.reprice_event import reprice_event
from betting.models import Selection
from payments.actions.wallets import open_wallets
from project.kit import clock
from project.kit.money import format_milli
from sports.actions import schedule_event
from sports.actions.catalogue import ensure_competitions, ensure_football, ensure_teams
from sports.core.fixtures import CompetitionSpec, TeamSpec

LEAGUE: Final = CompetitionSpec("BPL", "Bench Placement League", "Benchland")
ODDS: Final = {"1x2": {"home": 2100, "draw": 3400, "away": 3600}, "over_under;total=2.5": {"over": 1900, "under": 1950}}


@dataclass(frozen=True)
class Customer:
    """A person with wallets and a session that stands."""

    user_id: UUID
    session_key: str


@dataclass(frozen=True)
class Bet:
    """A selection at its price as a client names them."""

    selection_id: str
    odds: str


def make_customers(count: int) -> list[Customer]:
    """People who have logged in, each with what a new person is given. No password is theirs: hashing is slow."""
    password = make_password(None)
    people = User.objects.bulk_create(
        User(username=f"bettor{number}", email=f"bettor{number}@example.org", password=password)
        for number in range(count)
    )
    Profile.objects.bulk_create(Profile(user=person) for person in people)
    for person in people:
        open_wallets(user_id=person.id)
    return [Customer(person.id, _log_in(person)) for person in people]


def _log_in(person: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def make_bets(markets: int) -> list[list[Bet]]:
    """The three outcomes of the result of so many matches of tomorrow, market by market."""
    football = ensure_football()
    competitions = ensure_competitions(football, [LEAGUE])
    sides = [TeamSpec(f"Placement {number}", "Benchland", "PLA", "#123456") for number in range(2 * markets)]
    teams = ensure_teams(football, sides)
    return [
        _price_match(competitions[LEAGUE.code], [teams[side.country, side.name] for side in pair])
        for pair in zip(sides[::2], sides[1::2], strict=True)
    ]


def _price_match(competition_id: UUID, teams: Sequence[UUID]) -> list[Bet]:
    event = schedule_event(
        competition_id=competition_id,
        home_team_id=teams[0],
        away_team_id=teams[1],
        start_time=clock.now() + timedelta(days=1),
        prematch_odds=ODDS,
    )
    reprice_event(event_id=event.pk)
    selections = Selection.objects.filter(market__event_id=event.pk, market__key="1x2").order_by("sort")
    return [Bet(str(one.id), format_milli(one.odds_milli)) for one in selections if one.odds_milli is not None]
