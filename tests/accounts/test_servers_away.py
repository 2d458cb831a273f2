"""Sessions need PostgreSQL and Redis: while one is away everything that asks who is there answers 503, never 500."""

from typing import Any, Never

import pytest
import redis
from django.conf import settings as site
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import caches
from django.db import OperationalError
from django.test import Client

from accounts.models import User
from project.kit.redis import SOCKET_TIMEOUT_S
from tests.accounts.doors import log_in

ERRORS = [OperationalError("the connection was closed"), redis.ConnectionError("refused")]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("address", ["/api/me", "/api/slips", "/_allauth/browser/v1/auth/session", "/admin/"])
def test_a_session_that_cannot_be_read_is_no_fault_of_the_callers(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch, error: Exception, address: str
) -> None:
    client.force_login(ada)

    def fail(self: SessionStore) -> Never:
        raise error

    monkeypatch.setattr(SessionStore, "load", fail)
    response = client.get(address)

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json()["code"] == "temporarily_unavailable"


@pytest.mark.parametrize("error", ERRORS)
def test_a_log_in_meanwhile_is_asked_to_come_back(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_: object) -> Never:
        raise error

    monkeypatch.setattr("accounts.adapters.record_login", fail)
    response = log_in(client, username="ada")

    assert (response.status_code, response.json()["code"]) == (503, "temporarily_unavailable")


def test_a_redis_that_hangs_is_given_up_where_sessions_are_read() -> None:
    """Without an answer every thread that serves requests would wait for it, and no socket would be looked at."""
    cache: Any = caches[site.SESSION_CACHE_ALIAS]
    options = cache._cache.get_client().connection_pool.connection_kwargs

    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (SOCKET_TIMEOUT_S, SOCKET_TIMEOUT_S)
