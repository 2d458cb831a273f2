"""What people have earned, over HTTP."""

from django.http import HttpRequest
from ninja import Router

from accounts.access import get_public_person
from community.queries.achievements import list_achievements
from community.schemas import AchievementReply
from project.kit.callers import Caller, require_user
from project.kit.http import caller_of

router = Router(tags=["achievements"])


def read_own_achievements(caller: Caller) -> list[AchievementReply]:
    return list_achievements(require_user(caller))


def read_achievements(caller: Caller, username: str) -> list[AchievementReply]:
    return list_achievements(get_public_person(caller, username).id)


@router.get("/me/achievements", response=list[AchievementReply])
def get_own_achievements(request: HttpRequest) -> list[AchievementReply]:
    """What you have earned, newest first."""
    return read_own_achievements(caller_of(request))


@router.get("/people/{username}/achievements", response=list[AchievementReply])
def get_achievements(request: HttpRequest, username: str) -> list[AchievementReply]:
    """What a person has earned. Somebody who stays private is not found."""
    return read_achievements(caller_of(request), username)
