"""Who keeps themselves away from betting, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from accounts.errors import SelfExcluded, TimedOut
from accounts.models import Exclusion
from project.kit import clock


@dataclass(frozen=True)
class ExclusionView:
    """What holds now, and until when."""

    is_self_exclusion: bool
    ends_at: datetime


def find_exclusion(user_id: UUID, now: datetime) -> ExclusionView | None:
    """What keeps a person away now: a self-exclusion before a time-out."""
    ends = dict(
        Exclusion.objects.filter(user_id=user_id, ends_at__gt=now)
        .values_list("kind")
        .annotate(ends_at=Max("ends_at"))
        .order_by("kind")
    )
    for kind in (Exclusion.Kind.SELF_EXCLUSION, Exclusion.Kind.TIME_OUT):
        if kind in ends:
            return ExclusionView(kind == Exclusion.Kind.SELF_EXCLUSION, ends[kind])
    return None


def list_self_excluded(user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some people who are self-excluded now."""
    excluded = Exclusion.objects.filter(
        user_id__in=set(user_ids), kind=Exclusion.Kind.SELF_EXCLUSION, ends_at__gt=clock.now()
    )
    return set(excluded.values_list("user_id", flat=True))


def check_may_play(user_id: UUID) -> None:
    """Raises SelfExcluded or TimedOut. For what takes no stake: stakes are judged under their wallet's lock."""
    held = find_exclusion(user_id, clock.now())
    if held is not None:
        raise SelfExcluded(held.ends_at) if held.is_self_exclusion else TimedOut(held.ends_at)


def check_not_self_excluded(user_id: UUID) -> None:
    """Raises SelfExcluded."""
    held = find_exclusion(user_id, clock.now())
    if held is not None and held.is_self_exclusion:
        raise SelfExcluded(held.ends_at)
