"""What roles may do to each other."""

from typing import Final

ADMIN: Final = "ADMIN"
STAFF_ROLES: Final = frozenset({ADMIN, "MODERATOR", "FINANCE"})  # they come into the back office
SUSPENDING_ROLES: Final = frozenset({ADMIN, "MODERATOR"})
TRADERS_GROUP: Final = "traders"  # whoever works at the trading desk beside the administrators


def may_suspend(*, actor_role: str, target_role: str, is_self: bool) -> bool:
    """Moderators suspend players and engineers; administrators anybody but themselves."""
    if is_self or actor_role not in SUSPENDING_ROLES:
        return False
    return actor_role == ADMIN or target_role not in STAFF_ROLES
