"""Forgetting: stored changes and events are kept only as long as somebody may still need them."""

from datetime import timedelta
from typing import Any, Final

from django.db import connection

from project.kit import clock
from project.kit.topics import RETENTION_EVENTS

CHANGES_KEPT: Final = timedelta(hours=24)  # a client away for longer starts from an image
EVENTS_KEPT: Final = timedelta(days=2)  # every minute of every match is one; two days tell what a reaction did

_TRIM_CHANGES = """
    DELETE FROM kit_outbox AS old USING kit_stream AS head
     WHERE head.name = old.stream
       AND (old.created_at < %(before)s OR old.seq <= head.seq - %(kept)s)
       AND NOT EXISTS (SELECT FROM kit_outbox_pending AS pending
                        WHERE pending.stream = old.stream AND pending.seq = old.seq)
"""
_TRIM_EVENTS = """
    DELETE FROM kit_event AS old
     WHERE old.created_at < %(before)s
       AND (old.xid, old.id) <= ALL (SELECT cursor.xid, cursor.event_id FROM kit_reaction_cursor AS cursor)
       AND NOT EXISTS (SELECT FROM kit_set_aside_event AS aside WHERE aside.event_id = old.id)
"""


def trim_changes() -> int:
    """Delete stored changes older than a day or further back than a stream keeps, never an unpublished one."""
    return _delete(_TRIM_CHANGES, {"before": clock.now() - CHANGES_KEPT, "kept": RETENTION_EVENTS})


def trim_events() -> int:
    """Delete events older than two days that every reaction has passed; events set aside stay."""
    return _delete(_TRIM_EVENTS, {"before": clock.now() - EVENTS_KEPT})


def _delete(statement: str, arguments: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        deleted: int = cursor.rowcount
    return deleted
