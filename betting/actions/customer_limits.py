"""How much of the usual stakes people may place: set for one or for many at once, with a reason."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from betting.access import get_others
from betting.actions.desk_records import record_change
from betting.models import CustomerLimit
from project.kit import clock
from project.kit.errors import ValidationFailed

FACTOR_MILLI_MAX: Final = 10_000
PEOPLE_MAX: Final = 1_000  # one list; a larger segment is set list by list


@transaction.atomic(durable=True)
def set_stake_factors(*, actor_id: UUID, usernames: Sequence[str], stake_factor_milli: int, reason: str) -> int:
    """Give each of these people a share of the usual stakes, in thousandths; answers how many had another one.

    All or none. Raises NotFound, naming who does not exist, Forbidden for one's own share, and ValidationFailed.
    """
    wanted = set(usernames)
    if not wanted or len(wanted) > PEOPLE_MAX or not 0 <= stake_factor_milli <= FACTOR_MILLI_MAX:
        raise ValidationFailed(f"Name 1 to {PEOPLE_MAX} people and a factor from 0 to {FACTOR_MILLI_MAX / 1_000:g}")
    people = get_others(actor_id, wanted, "Somebody else says what you may stake")
    known = CustomerLimit.objects.select_for_update(no_key=True).filter(user_id__in=people.values()).order_by("user_id")
    limits = {limit.user_id: limit for limit in known}
    changed = 0
    for user_id in people.values():
        before = limits[user_id].stake_factor_milli if user_id in limits else 1_000
        if before == stake_factor_milli:
            continue
        changed += 1
        CustomerLimit.objects.update_or_create(
            user_id=user_id,
            defaults={
                "stake_factor_milli": stake_factor_milli,
                "reason": reason[:200],
                "set_by_id": actor_id,
                "updated_at": clock.now(),
            },
        )
        record_change(
            change="stake_factor",
            subject=f"user:{user_id}",
            actor_id=actor_id,
            reason=reason,
            before={"stake_factor_milli": before},
            after={"stake_factor_milli": stake_factor_milli},
        )
    return changed
