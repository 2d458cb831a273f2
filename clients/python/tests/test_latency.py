"""How far away the server is, and what is done when its answers come late."""

import time
from typing import Any

import pytest
from conftest import Clock, Stage, state_of, turn
from fake_server import PROBLEM, Visit, conflated_update
from touchline_client import Client, Latency
from touchline_client.latency import LatencyMeter


def test_the_difference_of_the_clocks_comes_from_the_quickest_ping() -> None:
    meter = LatencyMeter()
    meter.begin("2027-01-15T08:00:00.700Z", now_ms=1_800_000_000_000)
    assert meter.latency == Latency(clock_offset_ms=700)
    meter.note_pong(1_021_000, round_trip_ms=40, now_ms=20_020)
    meter.note_pong(1_021_550, round_trip_ms=400, now_ms=20_600)  # the way back took longer than the way there

    assert meter.latency == Latency(round_trip_ms=400, clock_offset_ms=1_001_000, update_age_ms=None)
    meter.note_update(1_021_555, now_ms=20_600)
    assert meter.latency.update_age_ms == 45
    meter.note_update(1_021_700, now_ms=20_600)
    assert meter.latency.update_age_ms == 0, "clocks are not compared to the millisecond"


def test_a_new_connection_may_be_to_another_clock() -> None:
    meter = LatencyMeter()
    meter.note_pong(2_000, round_trip_ms=10, now_ms=1_000)
    meter.begin("1970-01-01T00:00:05Z", now_ms=1_000)
    assert (meter.sample_count, meter.latency.clock_offset_ms) == (0, 4_000)
    meter.note_pong(5_100, round_trip_ms=50, now_ms=1_000)

    assert meter.latency.clock_offset_ms == 4_125


async def open_pinging(stage: Stage) -> tuple[Client, Visit]:
    client = stage.open(pings=True)
    visit = await stage.server.visit()
    visit.answers_pings = False
    await visit.welcome()
    return client, visit


async def pong(visit: Visit) -> None:
    frame = await visit.next("ping")
    await visit.say({"op": "reply", "ref": frame["id"], "ok": {"t": time.time() * 1_000}})


async def reached(client: Client, state: str) -> None:
    while state_of(client) != state:
        await turn()


async def measured(stage: Stage, client: Client, visit: Visit, count: int) -> None:
    """Until that many pings were answered, one a second."""
    told: list[Latency] = []
    end = client.on("latency", told.append)
    for number in range(count):
        await pong(visit)
        while len(told) <= number:
            await turn()
        if number < count - 1:
            await stage.clock.advance(1)
    end()


async def test_measures_at_once_two_more_times_soon_and_then_every_five_seconds(stage: Stage) -> None:
    client, visit = await open_pinging(stage)
    await measured(stage, client, visit, 3)
    for _ in range(4):
        await stage.clock.advance(1)
    assert len(visit.of("ping")) == 3
    await stage.clock.advance(1.1)
    await pong(visit)

    round_trip_ms = client.latency.round_trip_ms
    assert round_trip_ms is not None
    assert 0 < round_trip_ms < 1_000
    assert abs(client.latency.clock_offset_ms) < 1_000


async def test_is_delayed_while_an_answer_is_four_seconds_late_however_busy_the_connection_is(stage: Stage) -> None:
    client, visit = await open_pinging(stage)
    await reached(client, "live")
    for _ in range(3):
        await stage.clock.advance(1)
        await visit.say(conflated_update("lobby:prices", ["a", 1, {}]))
    assert state_of(client) == "live"
    await stage.clock.advance(1.1)
    assert state_of(client) == "delayed"
    await pong(visit)
    await stage.clock.advance(1)
    assert state_of(client) == "delayed", "the answer told that updates are four seconds old"
    await pong(visit)
    await reached(client, "live")


async def test_leaves_a_connection_whose_answers_do_not_come_at_all(stage: Stage) -> None:
    _, visit = await open_pinging(stage)
    for _ in range(22):
        await stage.clock.advance(1)
        if not stage.losses:
            await visit.say({"op": "heartbeat", "t": 1})
            await turn()
    await stage.lost(1)

    assert stage.states[-1] == "offline"


async def test_a_ping_that_the_server_had_no_room_for_is_not_waited_for(stage: Stage) -> None:
    client, visit = await open_pinging(stage)
    await visit.next("ping")
    refused: list[Any] = []
    client.on("refusal", refused.append)
    await visit.say({"op": "error", **PROBLEM, "code": "rate_limited", "retryable": True})
    while not refused:
        await turn()
    await stage.clock.advance(1.1)
    await measured(stage, client, visit, 3)
    await stage.clock.advance(4)

    assert state_of(client) == "live"


async def test_an_update_tells_its_age(stage: Stage) -> None:
    client, visit = await stage.start()
    assert client.latency.update_age_ms is None
    await visit.say(conflated_update("lobby:prices", ["a", 1, {}]) | {"pt": time.time() * 1_000 - 5_000})
    await client.ping()

    assert client.latency.update_age_ms == pytest.approx(5_000, abs=1_000)


async def test_without_pings_nothing_is_said(stage: Stage, clock: Clock) -> None:
    _, visit = await stage.start()
    for _ in range(6):
        await clock.advance(1)

    assert len(visit.of("ping")) == 1, "the stage's own"
