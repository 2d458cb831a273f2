"""What people say about themselves and how they like the product."""

from uuid import UUID

from django.db import transaction

from accounts.locks import lock_person
from accounts.models import Profile, User, UserPreference
from accounts.schemas import ChangePreferences, ChangeProfile
from project.kit import bus


@transaction.atomic
def change_profile(*, user_id: UUID, command: ChangeProfile) -> User:
    """Change the given fields of a person's page."""
    user = lock_person(user_id)
    changes = command.model_dump(exclude_none=True)
    public_access = changes.pop("public_access", None)
    if public_access is not None:
        Profile.objects.filter(user_id=user_id).update(public_access=public_access)
        bus.look_again_on_commit(user_ids=[user_id])
    for field, value in changes.items():
        setattr(user, field, value)
    if changes:
        user.save(update_fields=list(changes))
    return user


@transaction.atomic
def change_preferences(*, user_id: UUID, command: ChangePreferences) -> None:
    """Store the given preferences, one row each."""
    UserPreference.objects.bulk_create(
        [
            UserPreference(user_id=user_id, preference_key=key, preference_value=value)
            for key, value in command.model_dump(exclude_none=True).items()
        ],
        update_conflicts=True,
        unique_fields=["user", "preference_key"],
        update_fields=["preference_value"],
    )
