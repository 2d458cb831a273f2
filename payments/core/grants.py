"""What a new person is given: practice funds to bet with and credits to run models with."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class SignupGrant:
    """One currency a new person starts with."""

    currency: str
    amount_minor: int
    description: str


SIGNUP_GRANTS: Final = (
    SignupGrant("PLY", 1_000_00, "Practice funds to start with"),
    SignupGrant("CRD", 10_00, "Credits to start with"),
)


def signup_key(user_id: object, currency: str) -> str:
    """The ledger reference of a sign-up grant: one per person and currency, for ever."""
    return f"{user_id}:{currency}"
