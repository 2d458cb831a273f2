"""A person's own rules as they see them, with what counts towards each, and how they have fared."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from accounts.core.own_limits import KINDS, WINDOWS, Raise
from accounts.models import GamblingLimit
from accounts.queries.exclusions import find_exclusion
from accounts.queries.own_limits import limit_of
from betting.core.own_rules import OwnLimitFacts
from betting.models import BetSlip, PoolEntry, SlipStatus
from betting.models.slips import OPEN_STATUSES
from betting.queries.own_rules import read_own_rules
from betting.schemas.own_rules import ExclusionReply, NetPositionReply, OwnLimitReply, RaiseReply, SaferPlayReply
from project.kit import clock
from project.kit.money import format_minor

NET_POSITION_OF: Final = timedelta(days=365)


def describe_safer_play(user_id: UUID, currency: str) -> SaferPlayReply:
    """Everything about a person's own rules in one currency, limits by kind and from the shortest window."""
    now = clock.now()
    rules = read_own_rules(user_id, [currency], now=now).find(str(user_id), currency)
    rows = GamblingLimit.objects.filter(user_id=user_id, currency=currency)
    wishes = {(row.kind, row.period): limit_of(row).find_wish(now) for row in rows}
    held = find_exclusion(user_id, now)
    limits = sorted(rules.limits if rules else (), key=lambda one: (KINDS.index(one.kind), WINDOWS[one.period]))
    return SaferPlayReply(
        currency=currency,
        limits=[_shape_limit(one, wishes.get((one.kind, one.period)), currency) for one in limits],
        exclusion=None
        if held is None
        else ExclusionReply(kind="self_exclusion" if held.is_self_exclusion else "time_out", ends_at=held.ends_at),
        net_position=describe_net_position(user_id, currency, now - NET_POSITION_OF),
    )


def describe_net_position(user_id: UUID, currency: str, since: datetime) -> NetPositionReply:
    """How a person's own stakes of slips and pool tickets since an instant have ended; free bets cost nothing."""
    slips = BetSlip.objects.filter(user_id=user_id, currency=currency, placed_at__gt=since, free_bet=None)
    bets = slips.exclude(status=SlipStatus.REJECTED).aggregate(
        staked=Sum("stake_minor", default=0),
        returned=Sum("payout_minor", default=0),
        cashed_out=Sum("cashed_out_minor", default=0),
        running=Sum("remaining_stake_minor", filter=Q(status__in=OPEN_STATUSES), default=0),
    )
    tickets = PoolEntry.objects.filter(user_id=user_id, pool__currency=currency, placed_at__gt=since).aggregate(
        staked=Sum("stake_minor", default=0),
        returned=Sum("payout_minor", default=0),
        running=Sum("stake_minor", filter=Q(status=PoolEntry.Status.OPEN), default=0),
    )
    staked = bets["staked"] + tickets["staked"]
    returned = bets["returned"] + bets["cashed_out"] + tickets["returned"]
    running = bets["running"] + tickets["running"]
    return NetPositionReply(
        since=since,
        staked=format_minor(staked, currency),
        returned=format_minor(returned, currency),
        running=format_minor(running, currency),
        net=format_minor(returned + running - staked, currency),
    )


def _shape_limit(limit: OwnLimitFacts, wish: Raise | None, currency: str) -> OwnLimitReply:
    return OwnLimitReply(
        kind=limit.kind,
        period=limit.period,
        amount=format_minor(limit.amount_minor, currency),
        counted=format_minor(limit.counted_minor + limit.waiting_minor, currency),
        remaining=format_minor(max(0, limit.left_minor), currency),
        resets_at=limit.resets_at,
        raise_asked=None
        if wish is None
        else RaiseReply(
            amount=None if wish.amount_minor is None else format_minor(wish.amount_minor, currency),
            asked_at=wish.asked_at,
            confirmable_at=wish.confirmable_at,
            lapses_at=wish.lapses_at,
        ),
    )
