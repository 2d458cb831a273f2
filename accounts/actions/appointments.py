"""Giving people a role and the trading desk, and taking both away."""

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.actions.activity import record_activity
from accounts.actions.sessions import end_every_session
from accounts.core.roles import ADMIN, STAFF_ROLES, TRADERS_GROUP
from accounts.locks import lock_person, lock_person_and_actor
from accounts.models import ActivityLog, User
from project.kit.errors import Forbidden


@transaction.atomic
def appoint_person(*, user_id: UUID, actor_id: UUID | None, role: User.Role, is_trader: bool, reason: str) -> User:
    """Give a person this role, and the trading desk or not. Every session ends at once: no old right outlives it.

    Administrators appoint, and nobody themselves: raises Forbidden. So one is always left, also of two who take the
    role from each other at once. Without an actor it is the operator at the console.
    """
    if actor_id is None:
        user = lock_person(user_id)
    else:
        user, actor = lock_person_and_actor(user_id, actor_id)
        if actor_id == user_id or actor.role != ADMIN or not actor.is_active:
            raise Forbidden("Only administrators appoint, and nobody appoints themselves")
    if (user.role, user.works_at_desk) == (role, is_trader):
        return user
    user.role = role
    user.is_staff = role in STAFF_ROLES
    user.is_superuser = role == ADMIN
    user.save(update_fields=["role", "is_staff", "is_superuser"])
    end_every_session(user)
    traders, _ = Group.objects.get_or_create(name=TRADERS_GROUP)
    if is_trader:
        user.groups.add(traders)
    else:
        user.groups.remove(traders)
    record_activity(
        action=ActivityLog.Action.APPOINTED,
        user_id=user_id,
        actor_id=actor_id,
        additional_data={"reason": reason, "role": role, "is_trader": is_trader},
    )
    return user
