"""Sessions asked about together are judged as each would be alone, in as many trips as one."""

from typing import Any, Never

import pytest
import redis
from django.conf import settings as site
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.people import suspend_person
from accounts.models import User
from accounts.queries.sessions import find_caller, find_callers
from project.kit import clock
from project.kit.callers import Caller
from tests.people import open_session

pytestmark = pytest.mark.django_db


def evict(session_key: str) -> None:
    caches[site.SESSION_CACHE_ALIAS].delete(SessionStore(session_key).cache_key)


def test_many_sessions_are_two_trips(ada: User, ben: User, cleo: User) -> None:
    keys = [open_session(user) for user in (ada, ben, cleo, ada)]

    with CaptureQueriesContext(connection) as queries:
        found = find_callers(keys)

    assert found == {
        key: Caller(user_id=user.id, username=user.username, role=user.role, session_key=key)
        for key, user in zip(keys, (ada, ben, cleo, ada), strict=True)
    }
    assert len(queries) == 1


def test_each_is_judged_as_alone(ada: User, ben: User, cleo: User, mod: User) -> None:
    standing, evicted, ended = open_session(ada), open_session(ada), open_session(ada)
    SessionStore(ended).delete()
    suspended = open_session(ben)
    suspend_person(user_id=ben.id, actor_id=mod.id, reason="Spam")
    odd = [
        open_session(cleo, **{HASH_SESSION_KEY: "of another password"}),
        open_session(cleo, **{BACKEND_SESSION_KEY: "no.such.Backend"}),
        open_session(cleo, **{SESSION_KEY: "00000000-0000-0000-0000-000000000000"}),
    ]
    expired = open_session(cleo)
    Session.objects.filter(session_key=expired).update(expire_date=clock.now())
    evict(evicted)
    evict(expired)
    keys = [standing, evicted, ended, suspended, *odd, expired, "a" * 32, "short", "x" * 65, "no/key/at/all/"]

    together = find_callers([*keys, standing])

    assert together.keys() == {standing, evicted}
    assert together == {key: caller for key in keys if (caller := find_caller(key)) is not None}


def test_a_session_signed_with_an_older_secret_stands(ada: User, settings: Any) -> None:
    key = open_session(ada)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one"

    assert {caller.user_id for caller in find_callers([key]).values()} == {ada.id}


def test_keys_that_never_were_are_one_query(ada: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert find_callers([f"{number:032d}" for number in range(50)]) == {}

    assert len(queries) == 1


def test_nothing_asked_is_nothing_read() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert find_callers([]) == {}

    assert len(queries) == 0


def test_while_the_cache_is_away_the_database_is_asked(
    ada: User, ben: User, cleo: User, mod: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else open sockets of sessions that ended would act for as long as that lasts."""
    standing, ended, suspended = open_session(ada), open_session(ada), open_session(ben)
    odd, expired = open_session(cleo, **{HASH_SESSION_KEY: "of another password"}), open_session(cleo)
    Session.objects.filter(session_key=ended).delete()
    Session.objects.filter(session_key=expired).update(expire_date=clock.now())
    suspend_person(user_id=ben.id, actor_id=mod.id, reason="Spam")

    def refuse(session_keys: object) -> Never:
        raise redis.ConnectionError("refused")

    monkeypatch.setattr("accounts.queries.sessions._read_cached", refuse)
    found = find_callers([standing, ended, suspended, odd, expired, "a" * 32])

    assert found == {standing: Caller(user_id=ada.id, username="ada", role="END_USER", session_key=standing)}
