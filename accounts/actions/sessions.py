"""Log-in, log-out and password change as acts: logged, and felt by the open sockets of the sessions that end."""

from uuid import UUID

from django.db import transaction

from accounts.actions.activity import record_activity
from accounts.actions.people import SOCKET_SESSION_ENDED
from accounts.locks import lock_person
from accounts.models import ActivityLog, User
from project.kit import bus


def record_login(*, user_id: UUID, ip: str) -> None:
    """Log that a person logged in."""
    record_activity(action=ActivityLog.Action.LOGGED_IN, user_id=user_id, actor_id=user_id, ip=ip)


@transaction.atomic
def end_session(*, user_id: UUID, session_key: str, ip: str = "") -> None:
    """Close the sockets of one session that has just been deleted."""
    record_activity(action=ActivityLog.Action.LOGGED_OUT, user_id=user_id, actor_id=user_id, ip=ip)
    if session_key:
        bus.close_user_sockets(user_id, code=SOCKET_SESSION_ENDED, session_key=session_key)


@transaction.atomic
def change_password(*, user_id: UUID, password: str, ip: str = "") -> User:
    """Set a new password. Every session of the person ends: its hash no longer fits; every socket is closed."""
    user = lock_person(user_id)
    user.set_password(password)
    user.session_epoch += 1
    user.save(update_fields=["password", "session_epoch"])
    record_activity(action=ActivityLog.Action.PASSWORD_CHANGED, user_id=user_id, actor_id=user_id, ip=ip)
    bus.close_user_sockets(user_id, code=SOCKET_SESSION_ENDED)
    return user
