"""The way from a name or an id to a person."""

from uuid import UUID

from accounts.models import User
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
