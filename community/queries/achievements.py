"""What people have earned, as they and others see it."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from django.db.models import Count

from betting.models import BetSlip, PoolEntry
from community.core.achievements import ACHIEVEMENTS, AchievementType, SettledSlip
from community.models import PostReply, UserAchievement
from community.schemas import AchievementReply

SETTLED = ("won", "lost", "partial", "void", "cashed_out")


def shape_achievement(row: UserAchievement) -> AchievementReply:
    """One achievement with its words."""
    kind = cast(AchievementType, row.achievement_type)
    words = ACHIEVEMENTS[kind]
    return AchievementReply(
        achievement_type=kind, title=words.title, description=words.description, achieved_on=row.achieved_on
    )


def list_achievements(user_id: UUID) -> list[AchievementReply]:
    """What a person has earned, newest first; there are few kinds, so all of it."""
    rows = UserAchievement.objects.filter(user_id=user_id).order_by("-achieved_on", "-id")
    return [shape_achievement(row) for row in rows if row.achievement_type in ACHIEVEMENTS]


def read_settled_slips(slip_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, SettledSlip]]:
    """Slips that stand settled now, with their owners; a rolled back one is left out."""
    rows = BetSlip.objects.filter(id__in=list(slip_ids), status__in=SETTLED)
    return {
        slip.id: (slip.user_id, SettledSlip(slip.status, slip.bet_type, slip.odds_milli, slip.is_each_way))
        for slip in rows.only("id", "user_id", "status", "bet_type", "odds_milli", "is_each_way")
    }


def count_settled_slips(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many settled slips each of some people has."""
    rows = BetSlip.objects.filter(user_id__in=set(user_ids), status__in=SETTLED).values("user_id")
    return dict(rows.annotate(slips=Count("id")).values_list("user_id", "slips").order_by())


def list_pool_winners(pool_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """Who has a ticket on a winner in which of these pools, as they stand now."""
    rows = PoolEntry.objects.filter(pool_id__in=set(pool_ids), status=PoolEntry.Status.WON)
    return list(rows.order_by("pool_id", "user_id").values_list("pool_id", "user_id").distinct())


def count_replies(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many replies each of some people has standing."""
    rows = PostReply.objects.filter(author_id__in=set(user_ids), is_hidden=False).values("author_id")
    return dict(rows.annotate(replies=Count("id")).values_list("author_id", "replies").order_by())
