"""What higher apps do when something happened below them.

A durable reaction has a cursor in PostgreSQL and sees every event at least once, in order of (transaction, id), only
after every earlier transaction has ended, so that none is skipped. A hint runs in the publisher's process after commit
and may only enqueue.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from project.kit.events import DomainEvent, event_class
from project.kit.models import ReactionCursor, SetAsideEvent

logger = logging.getLogger(__name__)

BATCH_EVENTS: Final = 200
FOREIGN_EVENTS_SKIPPED: Final = 1_000  # the least worth moving a cursor for, because a move is a write
MAX_FAILURES: Final = 5  # then the event is set aside and the reaction goes on without it

Handler = Callable[[Sequence[Any]], None]
Hint = Callable[[Any], None]

_READ_EVENTS = """
    SELECT event.xid::text, event.id, event.type, event.payload
      FROM kit_event AS event
      JOIN kit_reaction_cursor AS cursor ON cursor.name = %(name)s
     WHERE (event.xid, event.id) > (cursor.xid, cursor.event_id)
       AND (%(uncommitted_neighbours)s OR event.xid < pg_snapshot_xmin(pg_current_snapshot()))
       AND event.type = ANY(%(types)s)
     ORDER BY event.xid, event.id
     LIMIT %(limit)s
"""

# One statement, so that what it calls foreign and what it moves past are of one snapshot.
_SKIP_FOREIGN_EVENTS = """
    WITH newest AS (
        SELECT xid, id FROM kit_event
         WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY xid DESC, id DESC LIMIT 1
    )
    UPDATE kit_reaction_cursor AS cursor
       SET xid = newest.xid, event_id = newest.id
      FROM newest
     WHERE cursor.name = %(name)s
       AND (newest.xid, newest.id) > (cursor.xid, cursor.event_id)
       AND newest.id >= cursor.event_id + %(skipped_min)s
       AND NOT EXISTS (SELECT FROM kit_event AS event
                        WHERE (event.xid, event.id) > (cursor.xid, cursor.event_id)
                          AND (event.xid, event.id) <= (newest.xid, newest.id)
                          AND event.type = ANY(%(types)s))
"""

# Which reactions have something to read, or so many events of others behind them that their cursors should move.
_FIND_DUE = """
    WITH consumer AS (
        SELECT name, types FROM jsonb_to_recordset(%(consumers)s) AS consumer (name text, types text[])
    ), newest AS (
        SELECT id FROM kit_event ORDER BY xid DESC, id DESC LIMIT 1
    )
    SELECT consumer.name
      FROM consumer
      LEFT JOIN kit_reaction_cursor AS cursor ON cursor.name = consumer.name
     WHERE cursor.name IS NULL
        OR (SELECT id FROM newest) >= cursor.event_id + %(skipped_min)s
        OR EXISTS (SELECT FROM kit_event AS event
                    WHERE (event.xid, event.id) > (cursor.xid, cursor.event_id)
                      AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
                      AND event.type = ANY(consumer.types))
"""


@dataclass(frozen=True)
class Reaction:
    """A durable consumer of some event types."""

    name: str
    types: tuple[str, ...]
    handle: Handler


@dataclass(frozen=True)
class _Read:
    """An event as it is stored. It is parsed only to be handled: one that no longer parses can still be set aside."""

    xid: str
    event_id: int
    type: str
    payload: Any


_reactions: dict[str, Reaction] = {}
_hints: dict[str, list[Hint]] = {}


def reaction(
    *events: type[DomainEvent], name: str, hint: bool = False
) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Declare a reaction: `(events) -> None` when durable, `(event) -> None` when it is a hint."""

    def register(handle: Callable[[Any], None]) -> Callable[[Any], None]:
        if hint:
            for event in events:
                _hints.setdefault(event.TYPE, []).append(handle)
        else:
            assert name not in _reactions, f"reaction {name} is declared twice"
            _reactions[name] = Reaction(name, tuple(event.TYPE for event in events), handle)
        return handle

    return register


def has_hints(event_type: type[DomainEvent]) -> bool:
    """Whether any hint waits for such events."""
    return event_type.TYPE in _hints


def schedule_hints(event: DomainEvent) -> None:
    """Run the hints of an event after the current transaction commits."""
    for handle in _hints.get(event.type, []):
        transaction.on_commit(lambda handle=handle: handle(event), robust=True)  # type: ignore[misc]  # default binds


def all_reactions() -> list[Reaction]:
    """Every durable reaction, by name."""
    return [_reactions[name] for name in sorted(_reactions)]


def find_due() -> list[Reaction]:
    """The durable reactions worth running now, by name: one question instead of a transaction for each."""
    consumers = json.dumps([{"name": each.name, "types": each.types} for each in all_reactions()])
    with connection.cursor() as cursor:
        cursor.execute(_FIND_DUE, {"consumers": consumers, "skipped_min": FOREIGN_EVENTS_SKIPPED})
        names = {name for (name,) in cursor.fetchall()}
    return [each for each in all_reactions() if each.name in names]


def run_once(consumer: Reaction, *, see_uncommitted_neighbours: bool = False) -> int:
    """Handle the next batch of one reaction; returns how many events it moved past.

    A batch that fails is tried again event by event, so that one bad event cannot hold back the others for ever.
    """
    ReactionCursor.objects.get_or_create(name=consumer.name)
    try:
        return _handle_next(consumer, BATCH_EVENTS, see_uncommitted_neighbours)
    except Exception:  # the edge of foreign code: it is logged, counted and retried one by one
        logger.exception("reaction %s failed on a batch; trying event by event", consumer.name)
    try:
        return _handle_next(consumer, 1, see_uncommitted_neighbours)
    except Exception as error:  # see above; five failures of one event set it aside
        return _count_failure(consumer, error, see_uncommitted_neighbours)


def _handle_next(consumer: Reaction, limit: int, see_uncommitted_neighbours: bool) -> int:
    with transaction.atomic():
        cursor = ReactionCursor.objects.select_for_update().get(name=consumer.name)
        read = _read_events(consumer, limit, see_uncommitted_neighbours)
        if not read:
            _skip_foreign_events(consumer)
            return 0
        consumer.handle([_parse(item) for item in read])
        _move_cursor(cursor, read[-1])
    return len(read)


def _count_failure(consumer: Reaction, error: Exception, see_uncommitted_neighbours: bool) -> int:
    with transaction.atomic():
        cursor = ReactionCursor.objects.select_for_update().get(name=consumer.name)
        if cursor.failures + 1 < MAX_FAILURES:
            cursor.failures += 1
            cursor.save(update_fields=["failures"])
            return 0
        read = _read_events(consumer, 1, see_uncommitted_neighbours)
        if not read:
            return 0
        SetAsideEvent.objects.get_or_create(
            reaction=consumer.name, event_id=read[0].event_id, defaults={"error": repr(error)}
        )
        _move_cursor(cursor, read[0])
    logger.error("reaction %s set event %s aside: %r", consumer.name, read[0].event_id, error)
    return 1


def _read_events(consumer: Reaction, limit: int, see_uncommitted_neighbours: bool) -> list[_Read]:
    with connection.cursor() as cursor:
        cursor.execute(
            _READ_EVENTS,
            {
                "name": consumer.name,
                "types": list(consumer.types),
                "limit": limit,
                "uncommitted_neighbours": see_uncommitted_neighbours,
            },
        )
        rows = cursor.fetchall()
    return [_Read(*row) for row in rows]


def _parse(read: _Read) -> DomainEvent:
    event = event_class(read.type)
    if isinstance(read.payload, str):
        return event.model_validate_json(read.payload)
    return event.model_validate(read.payload)


def _skip_foreign_events(consumer: Reaction) -> None:
    """Move the cursor of a reaction with nothing to do up to the newest event that is safe to read.

    Otherwise one whose events are rare would walk past all others at every poll, and hold back their trimming.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _SKIP_FOREIGN_EVENTS,
            {"name": consumer.name, "types": list(consumer.types), "skipped_min": FOREIGN_EVENTS_SKIPPED},
        )


def _move_cursor(cursor: ReactionCursor, read: _Read) -> None:
    with connection.cursor() as database:
        database.execute(
            "UPDATE kit_reaction_cursor SET xid = %s::xid8, event_id = %s, failures = 0 WHERE name = %s",
            [read.xid, read.event_id, cursor.name],
        )


def drain_reactions() -> int:
    """Run every durable reaction until none has anything left; for tests and one-off commands.

    Reads also events of transactions that are still open, which is right only while nobody else is writing.
    """
    total = 0
    while moved := sum(run_once(consumer, see_uncommitted_neighbours=True) for consumer in all_reactions()):
        total += moved
    return total
