"""Setting, raising and lowering the limits that people set for themselves.

What is asked for is judged by whoever takes stakes: the caller holds the person's wallets, so that no stake is taken
by a limit that has just been lowered.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actions.activity import record_activity
from accounts.core.own_limits import Kind, OwnLimit, Period, Step, choose, confirm
from accounts.errors import RaiseNotDue
from accounts.locks import lock_own_choices
from accounts.models import ActivityLog, GamblingLimit, GamblingLimitChange
from accounts.queries.exclusions import check_not_self_excluded
from accounts.queries.own_limits import limit_of
from project.kit import clock
from project.kit.errors import NotFound


@dataclass(frozen=True)
class LimitName:
    """Which limit of a person: each of these is there once."""

    currency: str
    kind: Kind
    period: Period


@transaction.atomic
def choose_limit(*, user_id: UUID, name: LimitName, amount_minor: int | None) -> None:
    """Less, or a first limit, holds at once; more, or none, waits for a day and `confirm_raise`.

    The amount that holds takes a waiting raise back. Raises SelfExcluded for a raise.
    """
    lock_own_choices(user_id)
    row = _find(user_id, name)
    after, step = choose(None if row is None else limit_of(row), amount_minor, clock.now())
    if step == "raise_asked":
        check_not_self_excluded(user_id)
    if step is not None:
        _write(user_id, name, after, step, amount_minor)


@transaction.atomic
def confirm_raise(*, user_id: UUID, name: LimitName) -> OwnLimit | None:
    """The second word, a day after the first; answers the limit that holds now, None where it is gone.

    Raises NotFound where no raise waits, RaiseNotDue before the day is over, SelfExcluded.
    """
    lock_own_choices(user_id)
    check_not_self_excluded(user_id)
    row = _find(user_id, name)
    now = clock.now()
    wish = None if row is None else limit_of(row).find_wish(now)
    if wish is None:
        raise NotFound("No higher limit waits to be confirmed")
    if now < wish.confirmable_at:
        raise RaiseNotDue(wish.confirmable_at)
    confirmed = confirm(wish)
    _write(user_id, name, confirmed, "raise_confirmed", wish.amount_minor)
    return confirmed


def _find(user_id: UUID, name: LimitName) -> GamblingLimit | None:
    return GamblingLimit.objects.filter(
        user_id=user_id, currency=name.currency, kind=name.kind, period=name.period
    ).first()


def _write(user_id: UUID, name: LimitName, after: OwnLimit | None, step: Step, amount_minor: int | None) -> None:
    where: dict[str, Any] = {"user_id": user_id, "currency": name.currency, "kind": name.kind, "period": name.period}
    if after is None:
        GamblingLimit.objects.filter(**where).delete()
    else:
        GamblingLimit.objects.update_or_create(
            **where,
            defaults={
                "amount_minor": after.amount_minor,
                "asked_at": after.wish.asked_at if after.wish else None,
                "asked_minor": after.wish.amount_minor if after.wish else None,
                "changed_at": clock.now(),
            },
        )
    change = GamblingLimitChange.objects.create(**where, step=step, amount_minor=amount_minor, created_at=clock.now())
    record_activity(
        action=ActivityLog.Action.LIMIT_CHANGED,
        user_id=user_id,
        actor_id=user_id,
        resource_type="gambling_limit_change",
        resource_id=str(change.id),
    )
