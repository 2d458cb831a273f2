"""Idempotency of commands that make one row: the key remembers which row, never its text.

A replay describes the row as it is now, so what a moderator has hidden since stays hidden.
"""

from uuid import UUID

from project.kit.idempotency import CommandKey, find_reply, store_reply


def find_made(command_key: CommandKey | None) -> UUID | None:
    """The row this key has made before, or None. Call it under the action's first exclusive lock."""
    if command_key is None:
        return None
    stored = find_reply(owner_id=command_key.owner_id, key=command_key.key, fingerprint=command_key.fingerprint)
    return None if stored is None else UUID(stored["id"])


def remember_made(command_key: CommandKey | None, made_id: UUID) -> None:
    """Keep which row the key made, with the transaction's other effects."""
    if command_key is not None:
        store_reply(
            owner_id=command_key.owner_id,
            key=command_key.key,
            fingerprint=command_key.fingerprint,
            reply={"id": str(made_id)},
        )
