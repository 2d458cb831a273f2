"""The people of the tests: `ada` owns it, `ben` shares it, `cleo` is a stranger, `mod` is staff, `trader` has the desk.

`finn` looks after money, `amy` administers. A pytest plugin, loaded before Django is set up: everything of Django's is
imported where it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from project.kit.callers import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from accounts.models import User

PASSWORD = "correct-horse-battery"  # of people who live for one test


def make_person(username: str, role: str = "END_USER") -> User:
    """A person with the password above, a verified address and no wallets yet."""
    from accounts.actions.people import create_person
    from accounts.models import User

    email = f"{username}@example.org"
    return create_person(username=username, email=email, password=PASSWORD, role=User.Role(role))


def let_trade(person: User) -> User:
    """The same person, who has the trading desk from now on."""
    from django.contrib.auth.models import Group

    person.groups.add(Group.objects.get_or_create(name="traders")[0])
    return person


def caller_of(user: User) -> Caller:
    """The caller a person is when they are logged in."""
    return Caller(user_id=user.id, username=user.username, role=user.role)


def open_session(user: User, **changes: str) -> str:
    """A session as a log-in leaves it, in cache and database; its key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.update(changes)
    session.create()
    return str(session.session_key)


@pytest.fixture(scope="session", autouse=True)
def first_force_login_is_one_write() -> Iterator[None]:
    """Django writes a session, takes it back and writes another."""
    from django.contrib.auth import BACKEND_SESSION_KEY
    from django.test import Client

    original = Client._login  # type: ignore[attr-defined]  # not in the stubs

    def log_in(client: Client, user: User, backend: str) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            original(client, user, backend)
        else:
            client.cookies[settings.SESSION_COOKIE_NAME] = open_session(user, **{BACKEND_SESSION_KEY: backend})

    Client._login = log_in  # type: ignore[attr-defined]  # see above
    yield
    Client._login = original  # type: ignore[attr-defined]  # see above


@pytest.fixture
def ada(request: pytest.FixtureRequest) -> User:
    _ask_for_database(request)
    return make_person("ada")


@pytest.fixture
def ben(request: pytest.FixtureRequest) -> User:
    _ask_for_database(request)
    return make_person("ben")


@pytest.fixture
def cleo(request: pytest.FixtureRequest) -> User:
    _ask_for_database(request)
    return make_person("cleo")


@pytest.fixture
def mod(request: pytest.FixtureRequest) -> User:
    _ask_for_database(request)
    return make_person("mod", "MODERATOR")


@pytest.fixture
def finn(request: pytest.FixtureRequest) -> User:
    _ask_for_database(request)
    return make_person("finn", "FINANCE")


@pytest.fixture
def amy(request: pytest.FixtureRequest) -> User:
    _ask_for_database(request)
    return make_person("amy", "ADMIN")


@pytest.fixture
def trader(request: pytest.FixtureRequest) -> User:
    _ask_for_database(request)
    return let_trade(make_person("tess"))


def _ask_for_database(request: pytest.FixtureRequest) -> None:
    """The transactional database where the test asks for it, so that its threads see these people; else the plain."""
    marker = request.node.get_closest_marker("django_db")
    is_transactional = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    request.getfixturevalue("transactional_db" if is_transactional else "db")
