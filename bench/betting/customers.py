"""Who bets in the benchmark and what on: people with funds and sessions, priced matches that have not begun."""

from dataclasses import dataclass
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password

from accounts.models import Profile, User
from accounts.streams import USER
from bench.betting.matches import make_match
from payments.actions.wallets import open_wallets
from project.kit.models import StreamHead
from project.kit.money import format_milli
from project.kit.streams import open_stream


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


def make_customers(count: int, *, name: str, are_listening: bool) -> list[Customer]:
    """People of this name who have logged in, each with what a new person is given; no password: hashing is slow.

    Whoever listens has a page open, or had one within a day: what happens to them is stored for their stream.
    """
    password = make_password(None)
    people = User.objects.bulk_create(
        User(username=f"{name}{number}", email=f"{name}{number}@example.org", password=password)
        for number in range(count)
    )
    Profile.objects.bulk_create(Profile(user=person) for person in people)
    for person in people:
        open_wallets(user_id=person.id)
    topics = [USER.name_for(user_id=person.id) for person in people]
    for topic in topics:
        open_stream(topic)
    if not are_listening:
        StreamHead.objects.filter(name__in=topics).update(heard_at=None)
    return [Customer(person.id, _log_in(person)) for person in people]


def _log_in(person: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def make_bets(markets: int, *, name: str) -> list[list[Bet]]:
    """The three outcomes of the result of so many matches between sides of this name, market by market."""
    return [
        [Bet(str(one.id), format_milli(one.odds_milli)) for one in make_match(f"{name} {number}") if one.odds_milli]
        for number in range(markets)
    ]
