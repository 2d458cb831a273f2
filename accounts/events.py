"""Facts about people that higher apps act on."""

from typing import Literal
from uuid import UUID

from project.kit.events import DomainEvent


class UserSignedUp(DomainEvent):
    """A person now has an account."""

    type: Literal["accounts.user_signed_up"] = "accounts.user_signed_up"
    user_id: UUID
