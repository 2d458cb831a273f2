"""From a session key to the person behind it. The one place that decides whether a session still stands."""

from collections.abc import Callable, Collection, Iterable, Mapping
from importlib import import_module
from typing import Any

import redis
from allauth.core.internal.sessionkit import get_session_user
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.cached_db import KEY_PREFIX
from django.contrib.sessions.backends.db import SessionStore as StoredSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.utils.crypto import constant_time_compare

from accounts.models import User
from project.kit import clock
from project.kit.callers import Caller

SESSION_KEY_LENGTH_MAX = 64  # Django's are 32; anything longer is not worth a look-up


def caller_for(user: User, *, session_key: str, ip: str = "") -> Caller:
    """The caller a logged-in person is."""
    return Caller(user_id=user.id, username=user.username, role=user.role, session_key=session_key, ip=ip)


def find_caller(session_key: str, *, ip: str = "") -> Caller | None:
    """Who a session belongs to, or None when it never was, has ended, or its person may not log in any more."""
    if not _is_possible(session_key):
        return None
    return _find_alone(import_module(settings.SESSION_ENGINE).SessionStore(session_key), session_key, ip=ip)


def find_callers(session_keys: Iterable[str]) -> dict[str, Caller]:
    """The callers of those among these sessions that stand, as `find_caller` would find each.

    All that the cache has is judged in one trip to it and one to the database. What is not plain there (evicted,
    signed with an older secret, of somebody who may not log in) is asked for alone. While the cache is away the
    database, which has every session too, is asked for all of them: an open socket must not outlive its session by
    that.
    """
    wanted = [session_key for session_key in dict.fromkeys(session_keys) if _is_possible(session_key)]
    try:
        cached = _read_cached(wanted)
    except redis.RedisError:
        return _find_stored(wanted)
    evicted: dict[str, Mapping[str, Any]] = {key: {} for key in _list_stored(set(wanted) - cached.keys())}
    return _judge_each(cached | evicted, ask_alone=find_caller)


def _find_alone(session: SessionBase, session_key: str, *, ip: str = "") -> Caller | None:
    """By Django's own test."""
    user = get_session_user(session)
    return caller_for(user, session_key=session_key, ip=ip) if isinstance(user, User) else None


def _find_stored(session_keys: Collection[str]) -> dict[str, Caller]:
    """The same from the database alone."""
    stored = Session.objects.filter(session_key__in=session_keys, expire_date__gt=clock.now())
    sessions = {row.session_key: row.get_decoded() for row in stored}
    return _judge_each(sessions, ask_alone=lambda key: _find_alone(StoredSession(key), key))


def _judge_each(
    sessions: Mapping[str, Mapping[str, Any]], *, ask_alone: Callable[[str], Caller | None]
) -> dict[str, Caller]:
    """By what they hold, or alone where that says nothing."""
    people = _read_people(sessions.values())
    found = {key: _judge(key, data, people) or ask_alone(key) for key, data in sessions.items()}
    return {key: caller for key, caller in found.items() if caller is not None}


def _is_possible(session_key: str) -> bool:
    return 8 <= len(session_key) <= SESSION_KEY_LENGTH_MAX and session_key.isalnum()


def _read_cached(session_keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    names = {f"{KEY_PREFIX}{session_key}": session_key for session_key in session_keys}
    found = caches[settings.SESSION_CACHE_ALIAS].get_many(list(names)) if names else {}
    return {names[name]: data for name, data in found.items()}


def _read_people(sessions: Iterable[Mapping[str, Any]]) -> dict[str, User]:
    """By their ids as sessions have them."""
    ids = {data[SESSION_KEY] for data in sessions if SESSION_KEY in data}
    people = User.objects.only("username", "role", "password", "session_epoch", "is_active").filter(id__in=ids)
    return {str(user.id): user for user in people} if ids else {}


def _list_stored(session_keys: Collection[str]) -> list[str]:
    """Which of these sessions, unknown to the cache, the database has: anybody can name keys that never were."""
    if not session_keys:
        return []
    stored = Session.objects.filter(session_key__in=session_keys, expire_date__gt=clock.now())
    return list(stored.values_list("session_key", flat=True))


def _judge(session_key: str, data: Mapping[str, Any], people: Mapping[str, User]) -> Caller | None:
    """The caller where the session stands by the first of Django's tests; None says nothing."""
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = people.get(data.get(SESSION_KEY, ""))
    if user is None or not user.is_active:
        return None
    if not constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return caller_for(user, session_key=session_key)
