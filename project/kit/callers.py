"""Who is asking: the one value that handlers, access rules and topics decide by."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from project.kit.errors import NotAuthenticated

MODERATOR_ROLES: Final = frozenset({"MODERATOR", "ADMIN"})


@dataclass(frozen=True)
class Caller:
    """A person behind a request or a socket; `user_id` is None for a visitor."""

    user_id: UUID | None = None
    username: str = ""
    role: str = ""
    session_key: str = ""
    ip: str = ""

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @property
    def is_moderator(self) -> bool:
        return self.role in MODERATOR_ROLES


ANONYMOUS: Final = Caller()


def require_user(caller: Caller) -> UUID:
    """The caller's user id. Raises NotAuthenticated for a visitor."""
    if caller.user_id is None:
        raise NotAuthenticated
    return caller.user_id
