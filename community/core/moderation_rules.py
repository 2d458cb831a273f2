"""Pure rules of moderation: whom a moderator may suspend, and what a log entry says about a subject."""

from typing import Final

ADMIN: Final = "ADMIN"
MODERATOR: Final = "MODERATOR"
STAFF_ROLES: Final = frozenset({ADMIN, MODERATOR, "FINANCE"})


def can_moderate(role: str) -> bool:
    """Whether this role decides about posts, replies, messages and reports."""
    return role in {ADMIN, MODERATOR}


def can_suspend(*, actor_role: str, subject_role: str, is_same_person: bool) -> bool:
    """A moderator suspends customers, an admin also other staff; nobody suspends themselves or an admin."""
    if is_same_person or subject_role == ADMIN or not can_moderate(actor_role):
        return False
    return actor_role == ADMIN or subject_role not in STAFF_ROLES
