"""People as others see them, and the caller as they see themselves."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Upper

from accounts.models import Profile, User
from accounts.schemas import MeReply, PersonReply, PreferencesReply, ProfileReply
from project.kit.callers import Caller

SEARCH_RESULTS_MAX = 10  # a list under a search field; whoever looks further types another letter
SEARCH_LENGTH_MAX = 30


def shape_person(user: User) -> PersonReply:
    """What everybody may know about a person."""
    return PersonReply(id=user.id, username=user.username, display_name=user.display_name)


def describe_people(user_ids: Iterable[UUID]) -> dict[UUID, PersonReply]:
    """Several people by id, in one query; ids of nobody are left out."""
    people = User.objects.filter(id__in=set(user_ids)).only("id", "username", "first_name", "last_name")
    return {user.id: shape_person(user) for user in people}


def list_private(user_ids: Iterable[UUID]) -> set[UUID]:
    """Those among some people who chose not to be found by others."""
    return set(Profile.objects.filter(user_id__in=set(user_ids), public_access=False).values_list("user_id", flat=True))


def describe_me(caller: Caller) -> MeReply:
    """The caller's own account, or the empty one of a visitor."""
    user = User.objects.filter(id=caller.user_id).first() if caller.user_id else None
    if user is None:
        return MeReply(user=None, role="", email="", is_email_verified=False)
    return MeReply(user=shape_person(user), role=user.role, email=user.email, is_email_verified=user.email_verified)


def list_people_by_prefix(prefix: str, *, without: UUID) -> list[PersonReply]:
    """Active people whose user name begins with `prefix`, by name, except one and except those who stay private."""
    wanted = prefix.strip()[:SEARCH_LENGTH_MAX]
    if not wanted or "\x00" in wanted:
        return []
    people = (
        User.objects.filter(username__istartswith=wanted, is_active=True)
        .exclude(id=without)
        .exclude(profile__public_access=False)
        .order_by(Upper("username"))
    )
    return [shape_person(user) for user in people[:SEARCH_RESULTS_MAX]]


def describe_profile(user_id: UUID) -> ProfileReply:
    """A person's own page about themselves."""
    user = User.objects.select_related("profile").get(id=user_id)
    return ProfileReply(
        username=user.username,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        country=user.country,
        city=user.city,
        bio=user.bio,
        date_of_birth=user.date_of_birth,
        public_access=user.profile.public_access,
    )


def describe_preferences(user_id: UUID) -> PreferencesReply:
    """A person's preferences, defaults where they chose nothing."""
    return PreferencesReply.model_validate(User(id=user_id).preferences)
