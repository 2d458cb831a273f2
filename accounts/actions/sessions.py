"""Log-in, log-out and password change as acts: logged, and felt by the open sockets of the sessions that end."""

from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.actions.activity import record_activity
from accounts.locks import lock_person
from accounts.models import ActivityLog, User
from project.kit import bus

SOCKET_SESSION_ENDED: Final = 4401


def record_login(*, user_id: UUID, ip: str) -> None:
    """Log that a person logged in."""
    record_activity(action=ActivityLog.Action.LOGGED_IN, user_id=user_id, actor_id=user_id, ip=ip)


@transaction.atomic
def end_session(*, user_id: UUID, session_key: str, ip: str = "") -> None:
    """Close the sockets of one session that has just been deleted."""
    record_activity(action=ActivityLog.Action.LOGGED_OUT, user_id=user_id, actor_id=user_id, ip=ip)
    if session_key:
        bus.close_user_sockets(user_id, code=SOCKET_SESSION_ENDED, session_key=session_key)


def end_every_session(user: User) -> None:
    """No cookie of this person, whose row the caller has locked, is good any more; after commit no socket is open."""
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    bus.close_user_sockets(user.id, code=SOCKET_SESSION_ENDED)


@transaction.atomic
def change_password(*, user_id: UUID, password: str, ip: str = "") -> User:
    """Set a new password. Every session of the person ends."""
    user = lock_person(user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_every_session(user)
    record_activity(action=ActivityLog.Action.PASSWORD_CHANGED, user_id=user_id, actor_id=user_id, ip=ip)
    return user
