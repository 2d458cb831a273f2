"""Kick-off, incidents, clock and resumption through the actions, on the real database."""

from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from pytest_django.fixtures import DjangoAssertNumQueries

from project.kit import topics
from project.kit.errors import NotFound
from project.kit.models import OutboxChange, RecordedEvent
from project.kit.redis import redis_client
from sports.actions import advance_clock, record_incident, resume_betting, start_event
from sports.actions.catalogue import ensure_source
from sports.core import reducer
from sports.core.match_state import IncidentType, Side
from sports.errors import EventAlreadyStarted, ImpossibleIncident
from sports.models import Event, EventStatus, Incident, LiveState
from sports.queries.scoreboards import get_live_state, scoreboard_of
from tests.bus import read_message
from tests.sports.matches import end_match, make_event, make_live_event, score_goal


def facts(event: Event, event_type: str) -> list[dict[str, Any]]:
    return [
        row.payload
        for row in RecordedEvent.objects.filter(type=event_type, payload__event_id=str(event.pk)).order_by("id")
    ]


def resolve(name: str) -> tuple[Any, Mapping[str, str]]:
    resolved = topics.resolve(name)
    assert resolved is not None
    return resolved


def stored(event: Event) -> tuple[Any, ...]:
    """Everything a refused action must leave alone."""
    live = LiveState.objects.filter(pk=event.pk).values().get()
    return (
        live,
        Incident.objects.filter(event=event).count(),
        RecordedEvent.objects.count(),
        OutboxChange.objects.count(),
    )


@pytest.mark.django_db
def test_kick_off_starts_the_match() -> None:
    event = make_event()

    incident = start_event(event_id=event.pk)

    live = get_live_state(event.pk)
    assert (incident.seq, incident.incident_type) == (1, "kick_off")
    assert (live.event.status, live.phase, live.version, live.incident_seq) == ("ongoing", "first_half", 2, 1)
    assert facts(event, "sports.event_started") == [
        {"type": "sports.event_started", "event_id": str(event.pk), "version": 2}
    ]
    assert len(facts(event, "sports.incident_recorded")) == 1


@pytest.mark.django_db
def test_a_match_kicks_off_once() -> None:
    event = make_live_event()
    before = stored(event)

    with pytest.raises(EventAlreadyStarted):
        start_event(event_id=event.pk)

    assert stored(event) == before


@pytest.mark.django_db
def test_goal_stops_betting_in_its_own_transaction() -> None:
    event = make_live_event()

    incident = score_goal(event, "home", minute=12)

    live = get_live_state(event.pk)
    assert (incident.seq, incident.home_goals, incident.away_goals) == (2, 1, 0)
    assert (live.home_goals, live.minute, live.is_betting_stopped, live.stop_reason) == (1, 12, True, "goal")
    assert facts(event, "sports.incident_recorded")[-1] == {
        "type": "sports.incident_recorded",
        "event_id": str(event.pk),
        "seq": 2,
        "incident_type": "goal",
        "version": 3,
        "is_suspending": True,
    }


@pytest.mark.django_db
def test_sequence_numbers_are_gapless_and_replay_is_live() -> None:
    event = make_live_event()
    incidents: list[tuple[IncidentType, Side]] = [
        ("yellow_card", "home"),
        ("goal", "away"),
        ("red_card", "home"),
        ("penalty_missed", "away"),
        ("goal", "home"),
    ]
    for minute, (incident_type, side) in enumerate(incidents, 1):
        record_incident(event_id=event.pk, incident_type=incident_type, side=side, minute=minute)
        resume_betting(event_id=event.pk)
        advance_clock(event_id=event.pk, minute=minute + 1)
    end_match(event)

    rows = list(Incident.objects.filter(event=event).order_by("seq"))
    replayed = reducer.replay(row.to_fact() for row in rows)
    live = get_live_state(event.pk).to_match_state()
    assert [row.seq for row in rows] == list(range(1, 10))
    assert reducer.without_clock(replayed) == reducer.without_clock(live)
    assert [(row.home_goals, row.away_goals) for row in rows][-1] == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "impossible",
    [
        {"incident_type": "goal", "side": "", "minute": 10},
        {"incident_type": "kick_off", "minute": 0},
        {"incident_type": "full_time", "minute": 90},
        {"incident_type": "goal", "side": "home", "minute": 999},
    ],
)
def test_impossible_incident_moves_nothing(impossible: dict[str, Any]) -> None:
    event = make_live_event()
    before = stored(event)

    with pytest.raises(ImpossibleIncident):
        record_incident(event_id=event.pk, **impossible)

    assert stored(event) == before


@pytest.mark.django_db
def test_incidents_need_a_match_in_play() -> None:
    event = make_event()

    with pytest.raises(ImpossibleIncident):
        score_goal(event, "home", minute=1)
    with pytest.raises(ImpossibleIncident):
        advance_clock(event_id=event.pk, minute=1)
    with pytest.raises(NotFound):
        record_incident(event_id=uuid4(), incident_type="goal", side="home", minute=1)

    assert Incident.objects.count() == 0


@pytest.mark.django_db
def test_one_source_reference_is_recorded_once() -> None:
    event = make_live_event()
    source = ensure_source("test", "incidents")
    other = ensure_source("other", "incidents")
    goal: dict[str, Any] = {
        "event_id": event.pk,
        "incident_type": "goal",
        "side": "home",
        "minute": 5,
        "source_ref": "g1",
    }

    first = record_incident(source_id=source.pk, **goal)
    before = stored(event)
    again = record_incident(source_id=source.pk, **goal)

    assert again.pk == first.pk
    assert stored(event) == before
    assert record_incident(source_id=other.pk, **goal).seq == 3


@pytest.mark.django_db
def test_clock_advances_the_version_and_says_so() -> None:
    event = make_live_event()

    live = advance_clock(event_id=event.pk, minute=1)
    repeated = advance_clock(event_id=event.pk, minute=1)

    assert (live.minute, live.version, repeated.version) == (1, 3, 3)
    assert facts(event, "sports.clock_advanced") == [
        {"type": "sports.clock_advanced", "event_id": str(event.pk), "version": 3}
    ]
    assert Incident.objects.filter(event=event).count() == 1


@pytest.mark.django_db
def test_betting_resumes_once() -> None:
    event = make_live_event()
    score_goal(event, "home", minute=3)

    resumed = resume_betting(event_id=event.pk)
    again = resume_betting(event_id=event.pk)

    assert (resumed.is_betting_stopped, resumed.stop_reason, resumed.version, again.version) == (False, "", 4, 4)
    assert len(facts(event, "sports.betting_resumed")) == 1


@pytest.mark.django_db
def test_a_finished_match_stays_stopped() -> None:
    event = make_live_event()
    end_match(event)
    before = stored(event)

    resume_betting(event_id=event.pk)

    assert stored(event) == before
    live = get_live_state(event.pk)
    assert (live.is_betting_stopped, live.stop_reason, live.event.status) == (True, "finished", EventStatus.COMPLETED)


@pytest.mark.django_db
def test_advancing_the_clock_is_cheap(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    event = make_live_event()
    advance_clock(event_id=event.pk, minute=1)

    # savepoint, read and lock, update, event row, release
    with django_assert_num_queries(5):
        advance_clock(event_id=event.pk, minute=2)


@pytest.mark.django_db
@pytest.mark.parametrize("sql", ["UPDATE sports_incident SET minute = 1", "DELETE FROM sports_incident"])
def test_incidents_refuse_change(sql: str) -> None:
    make_live_event()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_incidents_topic_image_plus_changes_is_a_fresh_image() -> None:
    event = make_live_event()
    name = f"event:{event.pk}:incidents"
    topic, arguments = resolve(name)
    score_goal(event, "home", minute=4)
    image = topics.sequenced_image(topic, arguments)
    seen = OutboxChange.objects.filter(stream=name).aggregate(Max("seq"))["seq__max"]

    score_goal(event, "away", minute=9)
    end_match(event)

    changes = OutboxChange.objects.filter(stream=name, seq__gt=seen).order_by("seq")
    image["incidents"] += [change.payload["incident"] for change in changes]
    assert image == topics.sequenced_image(topic, arguments)
    assert [change.payload["type"] for change in changes] == ["incident.recorded"] * 4


@pytest.mark.django_db(transaction=True)
def test_scoreboard_reaches_event_and_lobby_with_the_rows_version() -> None:
    event = make_event()
    heard = redis_client().pubsub()  # type: ignore[no-untyped-call]  # redis leaves it untyped
    heard.psubscribe("bus:*")
    heard.get_message(timeout=5)

    start_event(event_id=event.pk)
    score_goal(event, "away", minute=2)

    messages: dict[str, list[dict[str, Any]]] = {}
    while message := heard.get_message(timeout=1):
        messages.setdefault(message["channel"].decode(), []).append(read_message(message["data"]))
    heard.close()
    live = get_live_state(event.pk)
    scoreboard = scoreboard_of(live).to_json()
    names = {"home_name": "Aldrowmere Rovers", "away_name": "Cindlewick City"}
    [first, last] = messages[f"bus:event:{event.pk}:scoreboard"]
    assert first["k"][0][1] == 2
    assert last["k"] == [["state", 3, scoreboard]]
    assert messages["bus:lobby:scores"][-1]["k"] == [[str(event.pk), 3, scoreboard | names]]
    assert scoreboard["clock"] == "2'"
    topic, arguments = resolve(f"event:{event.pk}:scoreboard")
    assert [[one.key, one.version, one.value] for one in topic.image(arguments)] == last["k"]
    lobby, arguments = resolve("lobby:scores")
    assert [[one.key, one.version, one.value] for one in lobby.image(arguments)] == messages["bus:lobby:scores"][-1][
        "k"
    ]


@pytest.mark.django_db
def test_tallies_are_what_images_add_up_to(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    events = [make_event(), make_live_event(), make_live_event()]
    score_goal(events[1], "home", minute=3)
    end_match(events[2])
    lobby, nothing = resolve("lobby:scores")
    scoreboard, _ = resolve(f"event:{events[0].pk}:scoreboard")
    many = [{"event_id": str(event.pk)} for event in events] + [{"event_id": str(uuid4())}]

    with django_assert_num_queries(2):
        tallies = [*lobby.tally([nothing]), *scoreboard.tally(many)]

    images = [lobby.image(nothing), *(scoreboard.image(arguments) for arguments in many)]
    assert tallies == [topics.Tally(len(image), sum(one.version for one in image)) for image in images]
    assert [tally.keys for tally in tallies] == [3, 1, 1, 1, 0]


def race(event_id: UUID, goals: int, *, record: Callable[[UUID, int], object]) -> list[Exception]:
    """`goals` threads score at once; returns what went wrong."""
    errors: list[Exception] = []

    def score(number: int) -> None:
        try:
            record(event_id, number)
        except Exception as error:  # a thread's failure belongs to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=score, args=(number,)) for number in range(goals)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_goals_at_the_same_moment_all_count() -> None:
    event = make_live_event()

    errors = race(event.pk, 8, record=lambda event_id, number: score_goal(event, "home", minute=1 + number))

    assert errors == []
    assert list(Incident.objects.order_by("seq").values_list("seq", "home_goals"))[1:] == [
        (number + 1, number) for number in range(1, 9)
    ]
    assert Event.objects.get().live_state.home_goals == 8


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_goals_are_lost() -> None:
    """The same race read-add-save: shows that the test above would notice a missing lock."""
    event = make_live_event()
    gate: list[int] = []

    def record(event_id: UUID, number: int) -> None:
        live = LiveState.objects.get(pk=event_id)
        gate.append(number)
        while len(gate) < 4:
            pass
        live.home_goals += 1
        live.save(update_fields=["home_goals"])

    errors = race(event.pk, 4, record=record)

    assert errors == []
    assert LiveState.objects.get(pk=event.pk).home_goals < 4
