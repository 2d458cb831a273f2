"""Row locks on people. A person's row comes before every lock named in `project.kit.locks`."""

from uuid import UUID

from accounts.models import User
from project.kit.errors import NotFound


def lock_person(user_id: UUID) -> User:
    """Lock one person until the transaction ends. Raises NotFound."""
    user = User.objects.select_for_update().filter(id=user_id).first()
    if user is None:
        raise NotFound("There is no such person")
    return user


def lock_own_choices(user_id: UUID) -> None:
    """One change of a person's limits and exclusions at a time; whatever only points at the person may go on."""
    list(User.objects.select_for_update(no_key=True).filter(id=user_id).values_list("id"))
