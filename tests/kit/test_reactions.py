"""Durable reactions see every event once it is safe to, in order; a bad event is set aside after five failures."""

from collections.abc import Iterator, Sequence
from typing import Literal

import pytest
from django.db import connection, connections, transaction

from project.kit import reactions
from project.kit.events import DomainEvent, announce_stored, publish
from project.kit.models import ReactionCursor, RecordedEvent, SetAsideEvent
from project.kit.reactions import MAX_FAILURES, Reaction, find_due, run_once
from tests.waiting import wait_until


class Happened(DomainEvent):
    type: Literal["test.happened"] = "test.happened"
    number: int


class Seen:
    """A reaction that writes down the numbers it was given and fails on some."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.failing: set[int] = set()
        self.reaction = Reaction("test.seen", ("test.happened",), self.handle)

    def handle(self, events: Sequence[Happened]) -> None:
        for event in events:
            if event.number in self.failing:
                raise RuntimeError(f"cannot handle {event.number}")
        self.numbers.extend(event.number for event in events)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def events_of_other_apps_aside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reactions, "_reactions", {})
    yield


def publish_number(number: int) -> None:
    with transaction.atomic():
        publish(Happened(number=number))


def test_a_fact_that_nobody_makes_an_object_has_no_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reactions._hints, Happened.TYPE, [print])

    with pytest.raises(AssertionError, match=r"a hint waits for test\.happened"):
        announce_stored(Happened)


@pytest.mark.django_db
def test_events_arrive_in_order_and_once(seen: Seen) -> None:
    for number in (1, 2, 3):
        publish_number(number)

    assert run_once(seen.reaction, see_uncommitted_neighbours=True) == 3
    assert run_once(seen.reaction, see_uncommitted_neighbours=True) == 0
    assert seen.numbers == [1, 2, 3]


@pytest.mark.django_db
def test_publishing_demands_a_transaction() -> None:
    connection.in_atomic_block = False
    try:
        with pytest.raises(AssertionError):
            publish(Happened(number=1))
    finally:
        connection.in_atomic_block = True
    assert RecordedEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_waits_for_every_earlier_transaction(seen: Seen) -> None:
    """A transaction that began earlier and commits later must not be overtaken: `id > last` would lose its event."""
    slow = connections.create_connection("default")
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kit_event (type, payload) VALUES ('test.happened', %s)",
                ['{"type":"test.happened","number":1}'],
            )
        publish_number(2)

        assert run_once(seen.reaction) == 0
        slow.commit()
    finally:
        slow.close()

    read_until_seen(seen, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_of_another_database_parts_two_events_and_loses_none(seen: Seen) -> None:
    """The databases of a server share transaction ids: what came after a neighbour's open one waits for its end."""
    with connection._nodb_cursor() as neighbour:
        publish_number(1)
        neighbour.execute("BEGIN")
        neighbour.execute("SELECT pg_current_xact_id()")
        publish_number(2)

        read_until_seen(seen, 1)
        assert run_once(seen.reaction) == 0
        neighbour.execute("ROLLBACK")

    read_until_seen(seen, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_control_reading_by_id_alone_loses_the_slow_one() -> None:
    slow = connections.create_connection("default")
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kit_event (type, payload) VALUES ('test.happened', %s)",
                ['{"type":"test.happened","number":1}'],
            )
        publish_number(2)

        first_read = list(RecordedEvent.objects.order_by("id").values_list("id", flat=True))
        slow.commit()
        second_read = list(RecordedEvent.objects.filter(id__gt=max(first_read)))
    finally:
        slow.close()

    assert len(first_read) == 1
    assert second_read == []  # number 1 is committed and will never be read


@pytest.mark.django_db(transaction=True)
def test_only_reactions_with_something_to_do_are_due(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Reaction("test.other", ("test.foreign",), lambda events: None)
    monkeypatch.setattr(reactions, "_reactions", {each.name: each for each in (seen.reaction, other)})
    assert find_due() == [other, seen.reaction], "neither has a cursor yet"
    for each in (seen.reaction, other):
        run_once(each)
    assert find_due() == []

    slow = connections.create_connection("default")
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute("INSERT INTO kit_event (type, payload) VALUES ('test.foreign', '{}')")
        publish_number(1)
        assert find_due() == [], "what an earlier transaction may still come before is not due"
        slow.rollback()
    finally:
        slow.close()

    wait_until(lambda: seen.reaction in find_due())
    assert find_due() == [seen.reaction]
    run_once(seen.reaction)
    assert find_due() == []
    monkeypatch.setattr(reactions, "FOREIGN_EVENTS_SKIPPED", 1)
    assert find_due() == [other]


def read_until_seen(seen: Seen, *numbers: int) -> None:
    """Other databases of the same server share transaction ids: one that is open between two events parts them."""

    def are_read() -> bool:
        run_once(seen.reaction)
        return len(seen.numbers) >= len(numbers)

    wait_until(are_read)
    assert seen.numbers == list(numbers)


@pytest.mark.django_db
def test_a_bad_event_is_set_aside_and_the_rest_go_on(seen: Seen) -> None:
    seen.failing = {2}
    for number in (1, 2, 3):
        publish_number(number)

    for _ in range(MAX_FAILURES + 3):
        run_once(seen.reaction, see_uncommitted_neighbours=True)

    assert seen.numbers == [1, 3]
    aside = SetAsideEvent.objects.get()
    assert (aside.reaction, aside.event.payload["number"]) == ("test.seen", 2)
    assert ReactionCursor.objects.get(name="test.seen").failures == 0


@pytest.mark.django_db
def test_the_effects_of_a_failed_batch_are_undone_with_its_cursor(seen: Seen) -> None:
    def write_then_fail(events: Sequence[Happened]) -> None:
        ReactionCursor.objects.create(name="test.effect")
        raise RuntimeError

    publish_number(1)

    assert run_once(Reaction("test.broken", ("test.happened",), write_then_fail), see_uncommitted_neighbours=True) == 0
    assert not ReactionCursor.objects.filter(name="test.effect").exists()
    assert ReactionCursor.objects.get(name="test.broken").failures == 1


@pytest.mark.django_db
def test_an_event_that_no_longer_parses_is_set_aside_too(seen: Seen) -> None:
    RecordedEvent.objects.create(type="test.happened", payload={"type": "test.happened", "numero": 1})
    publish_number(2)

    for _ in range(MAX_FAILURES + 2):
        run_once(seen.reaction, see_uncommitted_neighbours=True)

    assert seen.numbers == [2]
    assert SetAsideEvent.objects.get().event.payload["numero"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_cursor_with_nothing_to_do_moves_past_the_events_of_others(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a rare event's reaction walks past all others at every poll, and none of them is ever trimmed."""
    monkeypatch.setattr(reactions, "FOREIGN_EVENTS_SKIPPED", 2)
    publish_number(1)
    foreign = [RecordedEvent.objects.create(type="test.foreign", payload={}).id for _ in range(3)]
    read_until_seen(seen, 1)

    def has_moved() -> bool:
        run_once(seen.reaction)
        return ReactionCursor.objects.get(name="test.seen").event_id == foreign[-1]

    wait_until(has_moved)
    assert ReactionCursor.objects.get(name="test.seen").event_id == foreign[-1]

    publish_number(2)
    read_until_seen(seen, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_cursor_never_moves_past_an_event_that_is_not_committed(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "FOREIGN_EVENTS_SKIPPED", 1)
    slow = connections.create_connection("default")
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kit_event (type, payload) VALUES ('test.happened', %s)",
                ['{"type":"test.happened","number":1}'],
            )
        RecordedEvent.objects.create(type="test.foreign", payload={})

        assert run_once(seen.reaction) == 0
        assert ReactionCursor.objects.get(name="test.seen").event_id == 0
        slow.commit()
    finally:
        slow.close()

    read_until_seen(seen, 1)
