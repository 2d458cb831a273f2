"""Sequenced topics: numbers without gaps in commit order, history that is given whole or not at all."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import pytest
from django.db import connection, transaction

from project.kit import streams
from project.kit.history import trim_changes
from project.kit.models import OutboxChange, PendingChange, StreamHead
from project.kit.streams import Entry, Position
from project.kit.topics import RETENTION_EVENTS, Change

WRITERS = 8
EACH = 10


class Counted(Change):
    type: Literal["test.counted"] = "test.counted"
    number: int


def entry(number: int, topic: str = "test:a") -> Entry:
    return Entry(topic, Counted(number=number))


@pytest.mark.django_db
def test_each_topic_counts_for_itself() -> None:
    streams.append(entry(1), entry(2, "test:b"), entry(3))

    stored = OutboxChange.objects.order_by("stream", "seq").values_list("stream", "seq", "payload")
    assert list(stored) == [
        ("test:a", 1, {"type": "test.counted", "number": 1}),
        ("test:a", 2, {"type": "test.counted", "number": 3}),
        ("test:b", 1, {"type": "test.counted", "number": 2}),
    ]
    assert PendingChange.objects.count() == 3


@pytest.mark.django_db
def test_history_is_given_whole_or_not_at_all() -> None:
    streams.append(entry(1), entry(2), entry(3))
    at = streams.head("test:a")

    assert at.seq == 3
    assert [change.seq for change in streams.read_since("test:a", at.epoch, 1) or []] == [2, 3]
    assert streams.read_since("test:a", at.epoch, 3) == []
    assert streams.read_since("test:a", at.epoch, 4) is None
    assert streams.read_since("test:a", "another", 1) is None
    OutboxChange.objects.filter(seq=2).delete()
    assert streams.read_since("test:a", at.epoch, 1) is None


@pytest.mark.django_db
def test_a_topic_nobody_wrote_to_has_no_history() -> None:
    assert streams.head("test:never") == Position("0", 0)
    assert streams.heads(["test:never"]) == {"test:never": Position("0", 0)}


@pytest.mark.django_db
def test_rewriting_keeps_the_numbers() -> None:
    streams.append(entry(1), entry(2))
    at = streams.head("test:a")

    def hide_two(payload: dict[str, Any]) -> dict[str, Any] | None:
        return payload | {"number": 0} if payload["number"] == 2 else None

    assert streams.rewrite_stored("test:a", hide_two) == 1
    changes = streams.read_since("test:a", at.epoch, 0) or []
    assert [(change.seq, change.change["number"]) for change in changes] == [(1, 1), (2, 0)]


@pytest.mark.django_db
def test_trimming_keeps_the_retention_and_what_is_unpublished() -> None:
    streams.append(*(entry(number) for number in range(RETENTION_EVENTS + 5)))
    PendingChange.objects.exclude(seq=2).delete()

    assert trim_changes() == 4
    kept = OutboxChange.objects.order_by("seq").values_list("seq", flat=True)
    assert list(kept)[:2] == [2, 6]


def append_from_threads(write: Callable[[int], None]) -> None:
    def work(number: int) -> None:
        try:
            for _ in range(EACH):
                write(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))


@pytest.mark.django_db(transaction=True)
def test_racing_writers_leave_no_gap() -> None:
    def write(number: int) -> None:
        with transaction.atomic():
            # Opposite orders: only the function's own order by name keeps these from a deadlock.
            first, second = ("test:a", "test:b") if number % 2 else ("test:b", "test:a")
            streams.append(entry(number, first), entry(number, second))

    append_from_threads(write)

    for topic in ("test:a", "test:b"):
        numbers = OutboxChange.objects.filter(stream=topic).order_by("seq").values_list("seq", flat=True)
        assert list(numbers) == list(range(1, WRITERS * EACH + 1))


@pytest.fixture
def unlocked_counter(transactional_db: None) -> Iterator[None]:
    StreamHead.objects.create(name="test:control", epoch="0", seq=0)
    yield


def test_control_without_the_row_lock_numbers_collide(unlocked_counter: None) -> None:
    seen: list[int] = []

    def write(number: int) -> None:
        head = StreamHead.objects.get(name="test:control")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.002)")
        StreamHead.objects.filter(name="test:control").update(seq=head.seq + 1)
        seen.append(head.seq + 1)

    append_from_threads(write)

    assert len(seen) == WRITERS * EACH
    assert len(set(seen)) < WRITERS * EACH
