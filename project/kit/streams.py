"""Writing to topics: stored changes inside the transaction, newest values after it.

`append` is the last thing a transaction does, once, because it locks stream heads, the last locks of the order.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from project.kit import bus, clock
from project.kit.models import OutboxChange, StreamHead
from project.kit.topics import Change, Keyed

HEARD_AGE = timedelta(hours=1)  # how exactly it is known when somebody listened: a row is written once an hour
MAX_RESUMED_CHANGES = 1_000  # a client further behind gets an image, which is cheaper than the replay


@dataclass(frozen=True)
class Entry:
    """One change for one sequenced topic."""

    topic: str
    change: Change


@dataclass(frozen=True)
class Position:
    """Where a sequenced topic stands; written `epoch:seq` on the wire."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"


@dataclass(frozen=True)
class StoredChange:
    """One change as it was stored."""

    seq: int
    change: dict[str, Any]


NO_HISTORY = Position("0", 0)


def append(*entries: Entry) -> None:
    """Store changes with the next sequence numbers of their topics and wake the relay after commit.

    Demands a transaction. Entries of one topic keep the order given here.
    """
    assert connection.in_atomic_block, "append() belongs to the transaction that changes the state"
    if not entries:
        return
    topics = [entry.topic for entry in entries]
    payloads = [entry.change.model_dump_json() for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute("SELECT stream_append(%s::text[], %s::json[])", [topics, payloads])
    bus.wake_on_commit(bus.RELAY_WAKE)


def publish_latest(topic: str, changes: Sequence[Keyed]) -> None:
    """Send the newest values of a conflated topic's keys after commit, in one message."""
    if changes:
        bus.publish_on_commit(bus.channel_of(topic), bus.conflated_message(changes))


def head(topic: str) -> Position:
    """The position after the last committed change of a sequenced topic."""
    row = StreamHead.objects.filter(name=topic).first()
    return Position(row.epoch, row.seq) if row else NO_HISTORY


def open_stream(topic: str) -> Position:
    """The position of a topic, which gets its epoch now if nobody has written to it yet.

    Without it a subscriber who joins before the first change would stand in no epoch and have to start over.
    """
    epoch = secrets.token_hex(4)
    opened = StreamHead(name=topic, epoch=epoch, seq=0, heard_at=clock.now())
    StreamHead.objects.bulk_create([opened], ignore_conflicts=True)
    return head(topic)


def heads(topics: Sequence[str]) -> dict[str, Position]:
    """The positions of several topics in one query; a topic nobody wrote to stands at NO_HISTORY."""
    rows = list(StreamHead.objects.filter(name__in=topics))
    found = {row.name: Position(row.epoch, row.seq) for row in rows}
    return {topic: found.get(topic, NO_HISTORY) for topic in topics}


def note_listeners(topics: Sequence[str]) -> None:
    """Remember that somebody listens to these topics: changes for many people are stored only where somebody does."""
    stale = Q(heard_at__isnull=True) | Q(heard_at__lt=clock.now() - HEARD_AGE)
    StreamHead.objects.filter(stale, name__in=topics).update(heard_at=clock.now())


def read_since(topic: str, epoch: str, seq: int) -> list[StoredChange] | None:
    """The changes after `seq`, in order, or None when they cannot all be given (other epoch, trimmed, too many)."""
    at = head(topic)
    if at.epoch != epoch or seq > at.seq or at.seq - seq > MAX_RESUMED_CHANGES:
        return None
    rows = OutboxChange.objects.filter(stream=topic, seq__gt=seq).order_by("seq").values_list("seq", "payload")
    changes = [StoredChange(row_seq, payload) for row_seq, payload in rows]
    numbers = [change.seq for change in changes]
    if len(numbers) < at.seq - seq or numbers != list(range(seq + 1, seq + 1 + len(numbers))):
        return None
    return changes


def rewrite_stored(topic: str, rewrite: Callable[[dict[str, Any]], dict[str, Any] | None]) -> int:
    """Replace the stored changes of a topic for which `rewrite` returns a new one; returns how many.

    For content a moderator has hidden: a resuming client must never be served it again. Sequence numbers stay.
    """
    replaced = 0
    for row in OutboxChange.objects.filter(stream=topic).order_by("seq").select_for_update():
        payload = rewrite(row.payload)
        if payload is not None:
            OutboxChange.objects.filter(stream=topic, seq=row.seq).update(payload=payload)
            replaced += 1
    return replaced
