"""Noting what people have earned: each achievement once, told on their own stream."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.streams import USER
from community.core.achievements import AchievementType
from community.models import UserAchievement
from community.queries.achievements import shape_achievement
from community.streams import AchievementEarnedChange
from project.kit import clock
from project.kit.streams import Entry, append

Earned = Mapping[UUID, Mapping[AchievementType, Mapping[str, Any]]]


@transaction.atomic
def award(earned: Earned) -> list[UserAchievement]:
    """Note what is new among (person -> achievement -> details); answers that. Twice, also at once, is once.

    The unique constraint decides between two at once. Appends to the streams of the people last.
    """
    known = set(UserAchievement.objects.filter(user_id__in=list(earned)).values_list("user_id", "achievement_type"))
    fresh = [
        UserAchievement(user_id=user_id, achievement_type=kind, details=dict(details), achieved_on=clock.now())
        for user_id, kinds in sorted(earned.items())
        for kind, details in kinds.items()
        if (user_id, kind) not in known
    ]
    if not fresh:
        return []
    UserAchievement.objects.bulk_create(fresh, ignore_conflicts=True)
    created = _keep_own(fresh)
    append(
        *(
            Entry(USER.name_for(user_id=one.user_id), AchievementEarnedChange(achievement=shape_achievement(one)))
            for one in created
        )
    )
    return created


def _keep_own(fresh: Sequence[UserAchievement]) -> list[UserAchievement]:
    """Those that this transaction inserted; a neighbour's row has another id."""
    stored = set(UserAchievement.objects.filter(id__in=_ids(fresh)).values_list("id", flat=True))
    return [one for one in fresh if one.id in stored]


def _ids(achievements: Iterable[UserAchievement]) -> list[UUID]:
    return [one.id for one in achievements]
