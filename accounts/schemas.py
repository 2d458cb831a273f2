"""What clients send about themselves, and what they get about people."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from project.kit.schemas import Command, Instant, Reply

PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
ShortText = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=80, pattern=PRINTABLE)]
LongText = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=500)]

RealityCheck = Literal["off", "15_minutes", "30_minutes", "60_minutes"]
"""How often a client says how long its person has been here and how they have fared."""


class PersonReply(Reply):
    """A person as others see them."""

    id: UUID
    username: str
    display_name: str


class MeReply(Reply):
    """What accounts knows about the caller; `user` is null for a visitor."""

    user: PersonReply | None
    role: str
    email: str
    is_email_verified: bool


class ProfileReply(Reply):
    """A person's own page about themselves."""

    username: str
    email: str
    first_name: str
    last_name: str
    country: str
    city: str
    bio: str
    date_of_birth: date | None
    public_access: bool


class ChangeProfile(Command):
    """The fields to change; what is absent stays."""

    first_name: ShortText | None = None
    last_name: ShortText | None = None
    city: ShortText | None = None
    bio: LongText | None = None
    public_access: bool | None = Field(default=None, strict=True)


class PreferencesReply(Reply):
    """How the product behaves for this person, defaults filled in."""

    theme: Literal["system", "dark", "light"] = "system"
    odds_format: Literal["decimal", "fractional", "american"] = "decimal"
    price_policy: Literal["none", "better", "any"] = "none"
    movement_colors: Literal["green_red", "blue_orange"] = "green_red"
    reality_check: RealityCheck = "off"


class ChangePreferences(Command):
    """The preferences to change; what is absent stays."""

    theme: Literal["system", "dark", "light"] | None = None
    odds_format: Literal["decimal", "fractional", "american"] | None = None
    price_policy: Literal["none", "better", "any"] | None = None
    movement_colors: Literal["green_red", "blue_orange"] | None = None
    reality_check: RealityCheck | None = None


class ConsentReply(Reply):
    """The latest answer about one purpose."""

    consent_type: str
    given: bool
    document_version: str
    decided_at: Instant


class ConsentsReply(Reply):
    consents: list[ConsentReply]


class ChangeConsent(Command):
    """Give or withdraw the consent to marketing, the only one an account can be without."""

    consent_type: Literal["marketing"]
    given: bool = Field(strict=True)
