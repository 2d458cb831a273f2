"""Giving free bets, taking back those that were not used, and letting them end."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.queries.exclusions import list_self_excluded
from betting.access import get_others
from betting.actions.desk_records import record_change
from betting.core.limits import LIMITS
from betting.models import FreeBet, FreeBetStatus
from betting.queries.free_bets import shape_free_bet
from betting.streams import FreeBetChange, user_entry
from project.kit import clock, streams
from project.kit.errors import NotFound, ValidationFailed, VersionConflict

PEOPLE_MAX: Final = 1_000  # one list; a larger segment is granted list by list
DAYS_MAX: Final = 365
EXPIRED_AT_ONCE: Final = 5_000  # the next run, an hour later, finds the rest; nothing can be bet with them meanwhile


@transaction.atomic(durable=True)
def grant_free_bets(
    *,
    actor_id: UUID,
    usernames: Sequence[str],
    currency: str,
    amount_minor: int,
    days: int,
    reason: str,
    grant_key: str,
) -> list[FreeBet]:
    """Give each of these people a token for one slip of exactly this stake. All or none.

    `grant_key` names the grant: the same key gives nobody a second token. Raises NotFound, naming who does not exist,
    Forbidden for a gift to oneself, and ValidationFailed, naming who is self-excluded: it would invite them to bet.
    """
    wanted = set(usernames)
    limits = LIMITS.get(currency)
    if limits is None or not limits.stake_minor_min <= amount_minor <= limits.stake_minor_max:
        raise ValidationFailed("The amount lies outside the stakes that are taken")
    if not wanted or len(wanted) > PEOPLE_MAX or not 1 <= days <= DAYS_MAX:
        raise ValidationFailed(f"Name 1 to {PEOPLE_MAX} people and 1 to {DAYS_MAX} days")
    people = get_others(actor_id, wanted, "Somebody else gives you free bets")
    excluded = list_self_excluded(people.values())
    if excluded:
        named = sorted(name for name, user_id in people.items() if user_id in excluded)
        raise ValidationFailed(f"Self-excluded, so nothing is given to them: {', '.join(named[:10])}")
    now = clock.now()
    drafts = [
        FreeBet(
            user_id=user_id,
            currency=currency,
            amount_minor=amount_minor,
            reason=reason[:200],
            grant_key=f"{grant_key}:{user_id}",
            granted_at=now,
            expires_at=now + timedelta(days=days),
        )
        for user_id in people.values()
    ]
    FreeBet.objects.bulk_create(drafts, ignore_conflicts=True)
    granted = list(FreeBet.objects.filter(id__in=[draft.id for draft in drafts]).order_by("user_id"))
    for free_bet in granted:
        record_change(
            change="free_bet_granted",
            subject=f"user:{free_bet.user_id}",
            actor_id=actor_id,
            reason=reason,
            before={},
            after={"free_bet_id": str(free_bet.id), "amount_minor": amount_minor, "currency": currency},
        )
    _tell(granted)
    return granted


@transaction.atomic(durable=True)
def withdraw_free_bet(*, actor_id: UUID, free_bet_id: UUID, reason: str) -> FreeBet:
    """Take back a token that was not used. Raises NotFound, VersionConflict once it was used or has ended."""
    free_bet = FreeBet.objects.select_for_update().filter(id=free_bet_id).first()
    if free_bet is None:
        raise NotFound("No such free bet")
    if free_bet.status != FreeBetStatus.AVAILABLE:
        raise VersionConflict(f"The free bet is {free_bet.status}")
    free_bet.status = FreeBetStatus.WITHDRAWN
    free_bet.save(update_fields=["status"])
    record_change(
        change="free_bet_withdrawn",
        subject=f"user:{free_bet.user_id}",
        actor_id=actor_id,
        reason=reason,
        before={"free_bet_id": str(free_bet.id), "status": "available"},
        after={"free_bet_id": str(free_bet.id), "status": "withdrawn"},
    )
    _tell([free_bet])
    return free_bet


@transaction.atomic(durable=True)
def expire_free_bets() -> int:
    """Say of tokens whose time is over that they have ended; answers how many. Placing has refused them already."""
    due = FreeBet.objects.filter(status=FreeBetStatus.AVAILABLE, expires_at__lte=clock.now())
    ended = list(due.select_for_update(skip_locked=True).order_by("id")[:EXPIRED_AT_ONCE])
    for free_bet in ended:
        free_bet.status = FreeBetStatus.EXPIRED
    FreeBet.objects.bulk_update(ended, ["status"], batch_size=1_000)
    return len(ended)


def _tell(free_bets: Sequence[FreeBet]) -> None:
    """On each owner's stream: the last thing of the transaction."""
    streams.append(*(user_entry(one.user_id, FreeBetChange(free_bet=shape_free_bet(one))) for one in free_bets))
