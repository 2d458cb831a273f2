"""What a command's key remembers where its answer is not kept word for word: which row it made, or that it was done.

A replay describes things as they are now: what a moderator has hidden since stays hidden, and a late replay opens
nothing that was stopped since. Look a key up under the action's first exclusive lock; without one nothing is kept.
"""

from typing import Any
from uuid import UUID

from project.kit.idempotency import CommandKey, find_reply, store_reply


def find_made(command_key: CommandKey | None) -> UUID | None:
    """The row this key has made before, or None."""
    stored = _find(command_key)
    return None if stored is None else UUID(stored["id"])


def remember_made(command_key: CommandKey | None, made_id: UUID) -> None:
    """Keep which row the key made, with the transaction's other effects."""
    _remember(command_key, {"id": str(made_id)})


def is_done(command_key: CommandKey | None) -> bool:
    """Whether this key's command was carried out before."""
    return _find(command_key) is not None


def remember_done(command_key: CommandKey | None) -> None:
    """Keep that it was, with the transaction's other effects."""
    _remember(command_key, {})


def _find(command_key: CommandKey | None) -> dict[str, Any] | None:
    if command_key is None:
        return None
    return find_reply(owner_id=command_key.owner_id, key=command_key.key, fingerprint=command_key.fingerprint)


def _remember(command_key: CommandKey | None, reply: dict[str, Any]) -> None:
    if command_key is not None:
        store_reply(
            owner_id=command_key.owner_id, key=command_key.key, fingerprint=command_key.fingerprint, reply=reply
        )
