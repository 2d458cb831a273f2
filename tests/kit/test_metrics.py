"""Reports of processes: written whole in one round trip, with rates, and gone when their process is."""

import json

import pytest
import redis

from project.kit import metrics
from project.kit.metrics import FORGOTTEN_AFTER_S, STALE_AFTER_S, Reporter, get_memory_bytes, read_reports, total
from project.kit.redis import redis_client


class Clock:
    """Stands in for the module `time`."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def process_time(self) -> float:
        return 1.5


@pytest.fixture(autouse=True)
def reports_of_this_test_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of other tests report to the same Redis for as long as they run."""
    monkeypatch.setattr(metrics, "_PROCESSES", "touchline:processes:test")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(metrics, "time", clock)
    return clock


def reporter(kind: str, number: int) -> Reporter:
    made = Reporter(kind)
    made.process = f"{kind}@host:{number}"
    return made


def test_a_report_holds_what_was_told_and_how_fast_it_grows(clock: Clock) -> None:
    web = reporter("web", 1)
    web.publish(gauges={"connections": 3}, counters={"frames": 100})
    clock.now += 2
    web.publish(gauges={"connections": 4}, counters={"frames": 150, "closed.4408": 1}, state="serving")
    clock.now += 1

    (report,) = read_reports()

    assert (report.process, report.kind, report.state, report.age_s) == ("web@host:1", "web", "serving", 1.0)
    assert report.gauges["connections"] == 4
    assert report.counters == {"frames": 150, "closed.4408": 1, "cpu_s": 1.5}
    assert report.rates == {"frames": 25.0, "closed.4408": 0.5, "cpu_s": 0.0}
    assert not report.is_stale


def test_the_first_report_has_no_rate(clock: Clock) -> None:
    reporter("relay", 1).publish(counters={"relayed": 7})

    assert read_reports()[0].rates == {"relayed": 0.0, "cpu_s": 0.0}


def test_a_report_is_due_every_two_seconds(clock: Clock) -> None:
    web = reporter("web", 1)

    assert web.is_due()
    web.publish()
    assert not web.is_due()
    clock.now += 2
    assert web.is_due()


def test_a_report_is_one_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[int] = []
    plain = redis.client.Pipeline.execute

    def counted(self: redis.client.Pipeline, raise_on_error: bool = True) -> object:
        trips.append(len(self.command_stack))
        return plain(self, raise_on_error)

    monkeypatch.setattr(redis.client.Pipeline, "execute", counted)
    reporter("web", 1).publish(gauges={str(number): number for number in range(100)})

    assert trips == [3]


def test_silent_processes_count_for_nothing_and_are_forgotten(clock: Clock) -> None:
    reporter("web", 1).publish(gauges={"connections": 3})
    clock.now += STALE_AFTER_S + 1
    reporter("web", 2).publish(gauges={"connections": 4})

    silent, alive = read_reports()
    assert (silent.is_stale, alive.is_stale) == (True, False)
    assert total([silent, alive], "connections") == 4

    clock.now += FORGOTTEN_AFTER_S
    reporter("web", 3).publish(gauges={"connections": 5})
    assert [report.process for report in read_reports()] == ["web@host:3"]
    assert 0 < int(redis_client().ttl("touchline:process:web@host:3")) <= FORGOTTEN_AFTER_S  # type: ignore[arg-type]  # sync client


def test_what_another_version_wrote_is_left_out(clock: Clock) -> None:
    for number, text in enumerate(("nonsense", "[]", json.dumps({"kind": "web"}))):
        redis_client().set(f"touchline:process:{number}", text)
        redis_client().zadd(metrics._PROCESSES, {str(number): clock.now})
    reporter("web", 9).publish()

    assert [report.process for report in read_reports()] == ["web@host:9"]


def test_a_redis_that_is_away_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(redis.client.Pipeline, "execute", refuse)
    reporter("web", 1).publish()

    assert read_reports() == []


def test_memory_is_that_of_this_process() -> None:
    assert 10_000_000 < get_memory_bytes() < 4_000_000_000
