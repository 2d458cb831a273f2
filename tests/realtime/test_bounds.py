"""Whoever takes more than their share is ended with a code, costs little meanwhile, and holds up nobody else.

`make bench-bounds` measures the same with larger numbers; the times here are only how long we are willing to wait.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from project.kit.bus import channel_of, conflated_message
from project.kit.metrics import read_reports
from project.kit.redis import redis_client
from project.kit.topics import Keyed
from realtime.core.closing import FLOOD, PROTOCOL_ABUSE, TOO_LARGE, TOO_SLOW
from tests.realtime import attacks
from tests.realtime.attacks import Attacker
from tests.realtime.honest import Sample, behave
from tests.realtime.memory import MemoryWatch
from tests.realtime.processes import ChildProcess, WebServer, faults_in
from tests.realtime.rfc6455.wire import TEXT, frame, handshake

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads a process's memory from /proc")

GROWTH_BYTES_MAX = 64 * 1024 * 1024
SLOW_WITHIN_S = 25.0  # limits of 8 to 10 seconds, looked at every two, on a busy machine
FLOOD_WITHIN_S = 20.0
ANSWER_WITHIN_MS = 5_000
OTHERS = 5
CONFLATED = [f"bench:prices:20-bounds-{number}" for number in range(5)]
SEQUENCED = [f"bench:changes:20-bounds-{number}" for number in range(5)]
QUIET = "bench:prices:20-quiet"
LARGE_ANSWER = "/static/unfold/css/styles.css"
BUSY_EVERY_S = 0.05


@pytest.fixture(scope="session")
def site_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """The whole site with topics whose images need no database."""
    server = WebServer(tmp_path_factory.mktemp("site") / "site.log")
    server.command += ["--application", "bench.stream.site:application"]
    server.start()
    yield server
    server.stop()


@pytest.fixture
def site(transactional_db: None, site_process: WebServer) -> Iterator[WebServer]:
    before = len(site_process.read_log())
    yield site_process
    assert faults_in(site_process.read_log()[before:]) == []


@contextmanager
def others_served(site: WebServer) -> Iterator[None]:
    """Some clients behave meanwhile: all their questions are answered, and the server's memory stays within bounds."""
    is_over = threading.Event()
    samples: list[Sample] = []

    def be_honest() -> None:
        behave(site.port, count=OTHERS, topic=QUIET, is_over=is_over.is_set, samples=samples)

    def count_answers() -> int:
        return sum(sample.kind == "answer" for sample in samples)

    thread = threading.Thread(target=be_honest)
    thread.start()
    assert site.process is not None
    try:
        with MemoryWatch(site.process.pid) as memory:
            yield
        answered = count_answers()
        assert wait_until(lambda: count_answers() >= answered + OTHERS, within_s=10), "the others are not served"
    finally:
        is_over.set()
        thread.join()
    assert [sample for sample in samples if sample.kind == "lost"] == []
    assert max(sample.took_ms for sample in samples if sample.kind == "answer") < ANSWER_WITHIN_MS
    assert memory.growth_bytes < GROWTH_BYTES_MAX


@contextmanager
def busy_topics() -> Iterator[None]:
    """Every topic moves many times a second, the sequenced ones through the table and the relay."""
    is_over = threading.Event()

    def publish() -> None:
        from django.db import connection

        number = 2
        while not is_over.wait(BUSY_EVERY_S):
            publish_values(number)
            store_changes()
            number += 1
        connection.close()

    thread = threading.Thread(target=publish)
    thread.start()
    yield
    is_over.set()
    thread.join()


def publish_values(version: int) -> None:
    from bench.stream.updates import make_value, market_name

    entries = [Keyed(market_name(market), version, make_value(version, 12)) for market in range(4)]
    for topic in CONFLATED:
        redis_client().publish(channel_of(topic), conflated_message(entries))


def store_changes() -> None:
    from django.db import transaction

    from bench.stream.shapes import BenchChange
    from bench.stream.updates import make_value
    from project.kit.streams import Entry, append

    with transaction.atomic():
        append(*[Entry(topic, BenchChange(market="market-0", **make_value(1, 40))) for topic in SEQUENCED])


def closed_by_hub(code: int) -> int:
    """How many sockets the hub has closed with this code, by its own report."""
    counters = [report.counters for report in read_reports() if report.kind == "web"]
    return int(sum(count for each in counters for name, count in each.items() if name.startswith(f"closed.{code}")))


def wait_until(is_so: Callable[[], bool], *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_whoever_takes_too_long_is_ended(site: WebServer, relay: ChildProcess) -> None:
    """All at once, because each takes its eight to ten seconds."""
    port = site.port
    dripping = handshake(port)
    with others_served(site), busy_topics():
        unreading = attacks.never_read(port, CONFLATED, count=3, conflate_ms=0)
        unreading += attacks.never_read(port, SEQUENCED, count=3)
        unreading += attacks.never_read_events(port, [*CONFLATED, *SEQUENCED], count=3)
        mute = attacks.never_greet(port, count=3)
        others = {
            "mute": mute,
            "unreading": unreading,
            "half open": attacks.half_open(port, count=100),
            "dripping": attacks.drip(port, dripping, count=3),
            "dripping HTTP": attacks.drip(port, dripping.replace(b"/ws/v1/", b"/"), count=3),
            "dripping nothing": attacks.drip(port, b"\r\n" * 100, count=1),
            "bodies": attacks.slow_bodies(port, "/api/me/profile", count=20),
            "answers": attacks.unread_answers(port, LARGE_ANSWER, count=3),
        }
        everybody = [attacker for group in others.values() for attacker in group]
        attacks.run_until_closed(everybody, within_s=SLOW_WITHIN_S)

    still_open = Counter(
        name for name, group in others.items() for attacker in group if attacker.closed_after_s is None
    )
    assert still_open == {}
    assert [attacker.code for attacker in mute] == [PROTOCOL_ABUSE.code] * 3
    assert wait_until(lambda: closed_by_hub(TOO_SLOW.code) >= len(unreading), within_s=10)


FLOODS: dict[str, tuple[Callable[[int], list[Attacker]], set[int | None]]] = {
    "frames": (lambda port: attacks.flood(port, count=3), {FLOOD.code}),
    "pings": (lambda port: attacks.flood_of_pings(port, count=3), {None}),  # they read no code
    "giant frames": (lambda port: attacks.giant_frames(port, count=3), {TOO_LARGE.code}),
    "fragments": (lambda port: attacks.endless_message(port, size=100, count=3), {TOO_LARGE.code, FLOOD.code}),
    "empty fragments": (lambda port: attacks.endless_message(port, size=0, count=3), {TOO_LARGE.code, FLOOD.code}),
    "subscriptions": (lambda port: attacks.subscribe_storm(port, [*CONFLATED, *SEQUENCED], count=3), {FLOOD.code}),
}


@pytest.mark.parametrize("name", FLOODS)
def test_whoever_sends_too_much_is_ended(site: WebServer, name: str) -> None:
    make, codes = FLOODS[name]
    with others_served(site):
        attackers = make(site.port)
        attacks.run_until_closed(attackers, within_s=FLOOD_WITHIN_S)

    assert [attacker.closed_after_s for attacker in attackers if attacker.closed_after_s is None] == []
    assert {attacker.code for attacker in attackers} <= codes


def test_many_who_come_at_once_are_all_welcome(site: WebServer) -> None:
    with others_served(site):
        opening = attacks.storm_of_connections(site.port, per_s=300, seconds=2)

    assert (opening.welcomed, opening.refused, opening.failed) == (600, 0, 0)


def test_topics_asked_for_and_left_again_do_not_add_up(site: WebServer) -> None:
    """New names all the time, each left at once: what is kept of them is bounded by the limits of a socket."""
    with others_served(site):
        attackers = []
        for number in range(5):
            asked = [f"bench:prices:20-{number}-{each}" for each in range(25)]
            wire = attacks.subscribe_frame(asked, conflate_ms=1_000)
            left = frame(TEXT, json.dumps({"op": "unsubscribe", "id": 2, "topics": asked}))
            attackers.append(Attacker(attacks.join(site.port), (wire + left) * 50))
        attacks.run_until_closed(attackers, within_s=FLOOD_WITHIN_S)

    assert {attacker.code for attacker in attackers} == {FLOOD.code}
