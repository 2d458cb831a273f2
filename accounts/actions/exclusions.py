"""Time-outs and self-exclusions: they begin at once and nobody can shorten them, staff included.

The caller holds the person's wallets, so that no stake is taken by who has just excluded themselves.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.actions.activity import record_activity
from accounts.actions.consents import change_consent
from accounts.core.exclusions import (
    SelfExclusionLength,
    TimeOutLength,
    end_of_self_exclusion,
    end_of_time_out,
)
from accounts.errors import ExclusionNotLonger
from accounts.locks import lock_own_choices
from accounts.models import ActivityLog, Exclusion, UserConsent
from accounts.queries.exclusions import find_exclusion
from project.kit import bus, clock

SOCKET_SELF_EXCLUDED: Final = 4423


@transaction.atomic
def take_time_out(*, user_id: UUID, length: TimeOutLength) -> Exclusion:
    """Keep away for a while. Raises ExclusionNotLonger where something holds for as long already."""
    lock_own_choices(user_id)
    now = clock.now()
    held = find_exclusion(user_id, now)
    return _begin(user_id, Exclusion.Kind.TIME_OUT, now, end_of_time_out(length, now), held.ends_at if held else None)


@transaction.atomic
def exclude_self(*, user_id: UUID, length: SelfExclusionLength) -> Exclusion:
    """Keep away for half a year or more: every socket is closed after commit, and no marketing is sent any more.

    Raises ExclusionNotLonger where a self-exclusion holds for as long already.
    """
    lock_own_choices(user_id)
    now = clock.now()
    held = find_exclusion(user_id, now)
    held_until = held.ends_at if held and held.is_self_exclusion else None
    exclusion = _begin(user_id, Exclusion.Kind.SELF_EXCLUSION, now, end_of_self_exclusion(length, now), held_until)
    change_consent(user_id=user_id, consent_type=UserConsent.Type.MARKETING, given=False)
    bus.close_user_sockets(user_id, code=SOCKET_SELF_EXCLUDED)
    return exclusion


def _begin(
    user_id: UUID, kind: Exclusion.Kind, now: datetime, ends_at: datetime, held_until: datetime | None
) -> Exclusion:
    if held_until is not None and ends_at <= held_until:
        raise ExclusionNotLonger(held_until)
    exclusion = Exclusion.objects.create(user_id=user_id, kind=kind, starts_at=now, ends_at=ends_at)
    is_time_out = kind == Exclusion.Kind.TIME_OUT
    record_activity(
        action=ActivityLog.Action.TIMED_OUT if is_time_out else ActivityLog.Action.SELF_EXCLUDED,
        user_id=user_id,
        actor_id=user_id,
        resource_type="exclusion",
        resource_id=str(exclusion.id),
    )
    return exclusion
