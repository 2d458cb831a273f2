"""Idempotency of the desk's commands about what is there: the key remembers that its command was carried out.

A replay changes nothing and answers how things stand by now: one that comes late opens nothing that was stopped since.
"""

from project.kit.idempotency import CommandKey, find_reply, store_reply


def is_done(command_key: CommandKey | None) -> bool:
    """Whether this key's command was carried out before. Call it under the action's first exclusive lock."""
    if command_key is None:
        return False
    stored = find_reply(owner_id=command_key.owner_id, key=command_key.key, fingerprint=command_key.fingerprint)
    return stored is not None


def remember_done(command_key: CommandKey | None) -> None:
    """Keep that it was, with the transaction's other effects."""
    if command_key is not None:
        store_reply(owner_id=command_key.owner_id, key=command_key.key, fingerprint=command_key.fingerprint, reply={})
