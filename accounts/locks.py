"""Row locks on people.

A person's row comes before every lock named in `project.kit.locks`; of two people that with the smaller id comes first.
"""

from uuid import UUID

from accounts.models import User
from project.kit.errors import NotFound


def lock_person(user_id: UUID, *, no_key: bool = False) -> User:
    """Lock one person until the transaction ends, or with `no_key` only their own columns. Raises NotFound."""
    user = User.objects.select_for_update(no_key=no_key).filter(id=user_id).first()
    if user is None:
        raise NotFound("There is no such person")
    return user


def lock_person_and_actor(user_id: UUID, actor_id: UUID) -> tuple[User, User]:
    """Lock somebody and whoever acts on them: no right is used while it is taken away. Raises NotFound.

    What only points at the actor, such as what they write meanwhile, may go on.
    """
    locked = {one: lock_person(one, no_key=one != user_id) for one in sorted({user_id, actor_id})}
    return locked[user_id], locked[actor_id]


def lock_own_choices(user_id: UUID) -> None:
    """One change of a person's limits and exclusions at a time; whatever only points at the person may go on."""
    list(User.objects.select_for_update(no_key=True).filter(id=user_id).values_list("id"))
