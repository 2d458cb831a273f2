"""The same command twice has one effect: a key is stored with a fingerprint of its body in the same transaction.

Look up after the first exclusive lock of the action, store before commit. Only a success is stored; a refusal rolls
back and leaves its key free.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from pydantic import BaseModel

from project.kit.errors import (
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    TemporarilyUnavailable,
)
from project.kit.models import IdempotentReply

MAX_KEY_LENGTH = 255
_UNIQUE_KEY: Final = "kit_idempotency_owner_key"  # the primary key of IdempotentReply


@dataclass(frozen=True)
class CommandKey:
    """Whose key this is and the fingerprint of the command that came with it."""

    owner_id: UUID
    key: str
    fingerprint: str


def check_key(key: str | None) -> str:
    """A usable key: 1 to 255 printable ASCII characters without spaces at its ends."""
    if key is None:
        raise IdempotencyKeyRequired
    if not 0 < len(key) <= MAX_KEY_LENGTH or key != key.strip() or not key.isascii() or not key.isprintable():
        raise IdempotencyKeyInvalid
    return key


def fingerprint(name: str, command: BaseModel) -> str:
    """SHA-256 over the command's name and its canonical JSON."""
    body = json.dumps(command.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{name}\n{body}".encode()).hexdigest()


def find_reply(*, owner_id: UUID, key: str, fingerprint: str) -> dict[str, Any] | None:
    """The stored answer of this key, or None. Raises IdempotencyKeyReused when it answered another command."""
    stored = IdempotentReply.objects.filter(owner_id=owner_id, key=key).first()
    if stored is None:
        return None
    if stored.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    reply: dict[str, Any] = stored.reply
    return reply


def store_reply(*, owner_id: UUID, key: str, fingerprint: str, reply: dict[str, Any]) -> None:
    """Keep the answer with the transaction's other effects; the last thing that may fail, for it ends the transaction.

    Raises TemporarilyUnavailable when another command with this key, which took other locks, committed meanwhile: the
    replay finds its answer and is refused.
    """
    with unique_keys():
        IdempotentReply.objects.create(owner_id=owner_id, key=key, fingerprint=fingerprint, reply=reply)


@contextmanager
def unique_keys() -> Iterator[None]:
    """Around a statement that stores answers: raises TemporarilyUnavailable for a key that is stored already."""
    try:
        yield
    except IntegrityError as error:
        if _UNIQUE_KEY not in str(error):
            raise
        raise TemporarilyUnavailable("The key was used by another command at the same time") from error
