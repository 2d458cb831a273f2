"""The people a fresh installation starts with, so that it can be tried at once. Never in production."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.actions.people import create_person
from accounts.errors import IdentityTaken
from accounts.models import User


@dataclass(frozen=True)
class DemoPerson:
    """One log-in that `make run` prints."""

    username: str
    role: User.Role

    @property
    def email(self) -> str:
        return f"{self.username}@touchline.example"

    @property
    def password(self) -> str:
        return f"touchline-{self.username}"


DEMO_PEOPLE: Final = (
    DemoPerson("ada", User.Role.END_USER),
    DemoPerson("ben", User.Role.END_USER),
    DemoPerson("mod", User.Role.MODERATOR),
    DemoPerson("admin", User.Role.ADMIN),
)


def ensure_demo_people() -> tuple[DemoPerson, ...]:
    """Create the demo people who do not exist yet. Refuses to run in production."""
    if settings.ENVIRONMENT == "production":
        raise ImproperlyConfigured("Demo people have known passwords: production has none.")
    names = [person.username for person in DEMO_PEOPLE]
    present = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    for person in DEMO_PEOPLE:
        if person.username in present:
            continue
        try:
            create_person(username=person.username, email=person.email, password=person.password, role=person.role)
        except IdentityTaken:
            continue  # another process starting at the same time was faster
    return DEMO_PEOPLE
