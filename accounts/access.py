"""The way from a name or an id to a person."""

from uuid import UUID

from accounts.models import Profile, User
from project.kit.callers import Caller
from project.kit.errors import NotFound


def get_person(user_id: UUID) -> User:
    """A person by id. Raises NotFound."""
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise NotFound("There is no such person")
    return user


def get_person_by_username(username: str) -> User:
    """An active person by user name, whatever its case. Raises NotFound, for suspended people too."""
    if "\x00" in username:
        raise NotFound("There is no such person")
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise NotFound("There is no such person")
    return user


def get_public_person(caller: Caller, username: str) -> User:
    """An active person whom the caller may look up: themselves, or somebody who does not stay private.

    Raises NotFound.
    """
    user = get_person_by_username(username)
    if user.id != caller.user_id and Profile.objects.filter(user_id=user.id, public_access=False).exists():
        raise NotFound("There is no such person")
    return user
