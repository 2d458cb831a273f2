"""`make bench-bounds`: one attack at a time on a server of its own, beside clients that behave and measure.

For each: how much the server's memory grew, what the attackers were closed with and when, and how long the others
waited meanwhile, beside how long they waited just before.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from bench.live_stack import HOST, find_free_port, migrated_servers, wait_until_ready
from bench.table import percentile, print_table
from tests.realtime import attacks
from tests.realtime.attacks import Attacker
from tests.realtime.honest import Sample, behave
from tests.realtime.memory import MemoryWatch

APPLICATION: Final = "bench.stream.site:application"
FIRST_PORT: Final = 8600
HONEST_CLIENTS: Final = 50
BASELINE_S: Final = 5.0
ATTACK_S: Final = 30.0  # the most; an attack ends when the last attacker has been closed
STORM_S: Final = 5.0
SETTLE_S: Final = 1.0
UPDATES_PER_S: Final = 200.0
BATCH: Final = 10
SELECTIONS: Final = 12  # about a kilobyte an update: readers that stop reading are noticed within a second
QUIET_TOPIC: Final = "bench:prices:20-everybody"
CONFLATED: Final = [f"bench:prices:20-{number}" for number in range(20)]
SEQUENCED: Final = [f"bench:changes:20-{number}" for number in range(10)]
ALL: Final = [*CONFLATED, *SEQUENCED, "lobby:scores", "lobby:prices", QUIET_TOPIC]
PAGE: Final = "/static/unfold/css/styles.css"  # the largest file there is without the built client
SLOW_PATH: Final = "/api/me/profile"

Attack = Callable[[int], list[Attacker]]
ATTACKS: Final[dict[str, Attack]] = {
    "10 never read, conflated": lambda port: attacks.never_read(port, CONFLATED, conflate_ms=0),
    "10 never read, sequenced": lambda port: attacks.never_read(port, SEQUENCED),
    "10 never read server-sent events": lambda port: attacks.never_read_events(port, [*CONFLATED, *SEQUENCED]),
    "10 flood with frames": attacks.flood,
    "10 flood with pings, unread": attacks.flood_of_pings,
    "10 send frames of 16 MiB": attacks.giant_frames,
    "10 never end a message": lambda port: attacks.endless_message(port, size=100),
    "10 the same with empty frames": lambda port: attacks.endless_message(port, size=0),
    "10 subscribe to all, again and again": lambda port: attacks.subscribe_storm(port, ALL),
    "1,000 openings left half": attacks.half_open,
    "10 leave 500 answers unread": lambda port: attacks.unread_answers(port, PAGE),
    "200 stop before a body ends": lambda port: attacks.slow_bodies(port, SLOW_PATH),
}
STORM: Final = "1,000 connections a second"


@dataclass(frozen=True)
class Outcome:
    """What one attack did."""

    growth_mb: float
    endings: str
    after_s: float
    baseline_ms: float
    answer_ms: float
    update_ms: float
    lost: int

    def as_row(self, name: str) -> list[str]:
        """For the table."""
        times = (self.after_s, self.baseline_ms, self.answer_ms, self.update_ms)
        after, baseline, answer, update = (f"{value:.1f}" for value in times)
        return [name, f"{self.growth_mb:.1f}", self.endings, after, baseline, answer, update, str(self.lost)]


@contextmanager
def relay() -> Iterator[None]:
    """What passes stored changes on."""
    process = subprocess.Popen([sys.executable, "manage.py", "run_relay"], stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def web_server(port: int) -> "Iterator[subprocess.Popen[bytes]]":
    """A fresh server: memory that an earlier attack left behind would hide what the next one takes."""
    command = [sys.executable, "-m", "project.server", "--port", str(port), "--application", APPLICATION]
    process = subprocess.Popen([*command, "--processes", "1"], stdin=subprocess.DEVNULL)
    try:
        wait_until_ready(f"http://{HOST}:{port}")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


class Business:
    """What goes on anyway: conflated values over the bus, stored changes through the relay, until stopped."""

    def __init__(self) -> None:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._publish, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _publish(self) -> None:
        from django.db import connection

        began_at = time.monotonic()
        number = 0
        while not self._is_over.wait(max(0.0, began_at + number / UPDATES_PER_S - time.monotonic())):
            _publish_values(range(number, number + BATCH))
            _store_changes(range(number, number + BATCH))
            number += BATCH
        connection.close()


def _publish_values(numbers: Sequence[int]) -> None:
    from bench.stream.updates import make_value, market_name
    from project.kit.bus import channel_of, conflated_message
    from project.kit.redis import redis_client
    from project.kit.topics import Keyed

    pipeline = redis_client().pipeline(transaction=False)
    for number in numbers:
        entry = conflated_message([Keyed(market_name(number % 20), number + 2, make_value(number, SELECTIONS))])
        for topic in (CONFLATED[number % len(CONFLATED)], QUIET_TOPIC):
            pipeline.publish(channel_of(topic), entry)
    pipeline.execute()


def _store_changes(numbers: Sequence[int]) -> None:
    from django.db import transaction

    from bench.stream.shapes import BenchChange
    from bench.stream.updates import make_value, market_name
    from project.kit.streams import Entry, append

    entries = []
    for number in numbers:
        change = BenchChange(market=market_name(number % 20), **make_value(number, SELECTIONS))
        entries.append(Entry(SEQUENCED[number % len(SEQUENCED)], change))
    with transaction.atomic():
        append(*entries)


def honest_process(port: int, pipe: Connection) -> None:
    """Runs until told to stop and then says what was sampled."""
    samples: list[Sample] = []
    behave(port, count=HONEST_CLIENTS, topic=QUIET_TOPIC, is_over=pipe.poll, samples=samples)
    pipe.send(samples)


def attack_process(name: str, port: int, pipe: Connection) -> None:
    """Runs one attack and says how each attacker ended: its close code, None if it could not see it, and when."""
    if name == STORM:
        opening = attacks.storm_of_connections(port, per_s=1_000, seconds=STORM_S)
        pipe.send(opening)
        return
    attackers = ATTACKS[name](port)
    attacks.run_until_closed(attackers, within_s=ATTACK_S)
    pipe.send([(attacker.code, attacker.closed_after_s) for attacker in attackers])


def measure(name: str) -> Outcome:
    """One attack on one server."""
    context = multiprocessing.get_context("spawn")
    port = find_free_port(FIRST_PORT)
    with web_server(port) as server, Business():
        honest_end, ours = context.Pipe()
        honest = context.Process(target=honest_process, args=(port, honest_end), daemon=True)
        honest.start()
        time.sleep(SETTLE_S + BASELINE_S)
        began_at = time.monotonic()
        with MemoryWatch(server.pid) as memory:
            attack_end, attack_pipe = context.Pipe()
            attack = context.Process(target=attack_process, args=(name, port, attack_end), daemon=True)
            attack.start()
            result = attack_pipe.recv()
            attack.join()
            ended_at = time.monotonic()
            time.sleep(SETTLE_S)
        ours.send("over")
        samples: list[Sample] = ours.recv()
        honest.join()
    endings, after_s = describe(result)
    before = [sample for sample in samples if began_at - BASELINE_S < sample.at < began_at]
    meanwhile = [sample for sample in samples if began_at <= sample.at <= ended_at + SETTLE_S]
    return Outcome(
        growth_mb=memory.growth_bytes / 1e6,
        endings=endings,
        after_s=after_s,
        baseline_ms=p95_of(before, "answer"),
        answer_ms=p95_of(meanwhile, "answer"),
        update_ms=p95_of(meanwhile, "update"),
        lost=sum(sample.kind == "lost" for sample in samples),
    )


def describe(result: Any) -> tuple[str, float]:
    """Codes with their counts, and after how many seconds the last attacker was closed."""
    if isinstance(result, attacks.Opening):
        return f"{result.welcomed:,} welcome, {result.refused:,} refused, {result.failed:,} failed", float("nan")
    codes = Counter("open" if after_s is None else str(code or "cut") for code, after_s in result)
    last_s = max((float("inf") if after_s is None else after_s for _, after_s in result), default=float("nan"))
    return ", ".join(f"{count:,} x {code}" for code, count in sorted(codes.items())), last_s


def p95_of(samples: Sequence[Sample], kind: str) -> float:
    """In milliseconds."""
    return percentile([sample.took_ms for sample in samples if sample.kind == kind], 0.95)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bounds", description=__doc__)
    parser.add_argument("--only", help="attacks whose name contains this")
    only = parser.parse_args().only or ""
    names = [name for name in (*ATTACKS, STORM) if only in name]
    rows = []
    with ExitStack() as stack:
        stack.enter_context(migrated_servers(find_free_port(FIRST_PORT)))
        import django

        django.setup()
        stack.enter_context(relay())
        for name in names:
            outcome = measure(name)
            rows.append(outcome.as_row(name))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    header = ["attack", "growth MB", "closed with", "after s", "p95 before ms", "answers p95", "updates p95", "lost"]
    print_table(f"{HONEST_CLIENTS} others beside one attack at a time", header, rows)


if __name__ == "__main__":
    main()
