"""From a session key to the person behind it. The one place that decides whether a session still stands."""

from importlib import import_module

from allauth.core.internal.sessionkit import get_session_user
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from project.kit.callers import Caller

SESSION_KEY_LENGTH_MAX = 64  # Django's are 32; anything longer is not worth a look-up


def caller_for(user: User, *, session_key: str, ip: str = "") -> Caller:
    """The caller a logged-in person is."""
    return Caller(user_id=user.id, username=user.username, role=user.role, session_key=session_key, ip=ip)


def find_caller(session_key: str, *, ip: str = "") -> Caller | None:
    """Who a session belongs to, or None when it never was, has ended, or its person may not log in any more."""
    if not 8 <= len(session_key) <= SESSION_KEY_LENGTH_MAX or not session_key.isalnum():
        return None
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_session_user(store)
    if not isinstance(user, User):
        return None
    return caller_for(user, session_key=session_key, ip=ip)
