"""What the hub reads from PostgreSQL, each as one job for a database thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, transaction

from project.kit import streams
from project.kit.callers import Caller
from project.kit.errors import Forbidden
from project.kit.streams import NO_HISTORY, Position, StoredChange
from project.kit.topics import ConflatedTopic, Keyed, SequencedTopic, Tally, Topic, everyone, sequenced_image
from realtime.core.json_text import write_json


@dataclass(frozen=True)
class SequencedStart:
    """Where a subscriber of a sequenced topic begins: with an image, or with the changes since its own position."""

    position: Position
    image: dict[str, Any] | None
    changes: list[StoredChange]
    has_lost_history: bool = False

    @cached_property
    def image_text(self) -> str | None:
        """The image as JSON, encoded once for all who share it."""
        return None if self.image is None else write_json(self.image)


def check_may_subscribe(topic: Topic, arguments: Mapping[str, str], caller: Caller) -> None:
    """Raises Forbidden unless the topic's own rule lets the caller hear it."""
    if topic.may_subscribe is not everyone and not topic.may_subscribe(caller, arguments):
        raise Forbidden("You may not hear this topic")


def read_conflated_image(topic: ConflatedTopic, arguments: Mapping[str, str]) -> list[Keyed]:
    """Every key, from one snapshot."""
    with transaction.atomic():
        _hold_snapshot()
        return list(topic.image(arguments))


def read_tallies(topic: ConflatedTopic, arguments: Sequence[Mapping[str, str]]) -> list[Tally]:
    """What several topics of one pattern add up to."""
    assert topic.tally is not None
    return list(topic.tally(arguments))


def read_sequenced_image(topic: SequencedTopic, name: str, arguments: Mapping[str, str]) -> SequencedStart:
    """The image and the position it stands at, from one snapshot."""
    start = _read_image(topic, name, arguments)
    if start.position == NO_HISTORY:
        # Only after the image was served: a topic of nothing that exists gets no row.
        streams.open_stream(name)
        start = _read_image(topic, name, arguments)
    return start


def read_sequenced_start(
    topic: SequencedTopic, name: str, arguments: Mapping[str, str], since: tuple[str, int] | None
) -> SequencedStart:
    """The changes since a client's position if they can all be given, else the image.

    Notes the listener first: changes for many people at once are stored only for those who listen.
    """
    streams.note_listeners([name])
    if since is not None:
        with transaction.atomic():
            _hold_snapshot()
            position = streams.head(name)
            changes = streams.read_since(name, *since)
        if changes is not None:
            return SequencedStart(position, None, changes)
    image = read_sequenced_image(topic, name, arguments)
    return SequencedStart(image.position, image.image, [], has_lost_history=since is not None)


def _read_image(topic: SequencedTopic, name: str, arguments: Mapping[str, str]) -> SequencedStart:
    with transaction.atomic():
        _hold_snapshot()
        return SequencedStart(streams.head(name), sequenced_image(topic, arguments), [])


def _hold_snapshot() -> None:
    """Let every query of this transaction see the same instant; inside a transaction of somebody else it cannot."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
