"""Identifiers of everything addressable: UUID version 7 (RFC 9562), which sort by the time they were made."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A fresh UUIDv7 as the standard library's type."""
    return uuid7()
