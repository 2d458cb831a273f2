"""Which user names are allowed: short, readable anywhere, and never mistaken for the house or for an e-mail address."""

import re
from typing import Final

USERNAME_PATTERN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?", re.ASCII)
LENGTH_MIN: Final = 3
LENGTH_MAX: Final = 30
RESERVED: Final = frozenset(
    {
        *("admin", "administrator", "api", "betting", "house", "login", "logout", "moderator", "null", "official"),
        *("root", "settings", "signup", "staff", "support", "system", "touchline", "undefined", "verify", "www"),
    }
)


def is_allowed_username(username: str) -> bool:
    """Letters, digits and `_ . -` between them."""
    return (
        LENGTH_MIN <= len(username) <= LENGTH_MAX
        and USERNAME_PATTERN.fullmatch(username) is not None
        and username.lower() not in RESERVED
    )
