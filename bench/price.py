"""`make bench-price`: how long a goal takes to become a new price in a client's hands, and what a repricing costs.

In the same run: the floor is the scoreboard frame of the same goal, which needs no repricing; the baseline is a client
that asks for the markets once a second, and for the cost of a repricing the ORM saving one selection at a time.
"""

import argparse
import json
import multiprocessing
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from uuid import UUID

from bench.live_stack import live_stack
from bench.table import percentile, print_table

SIZES = (10, 100, 1_000)
GOALS = 150
GOALS_PER_S = 5.0
MINUTE_S = 60.0  # every match's clock ticks once a minute, as in real time
WATCHED = 40
POLLED = 5
REPRICINGS = 200
MATCHES_ALONE = 20
ALONE = "alone"
LISTEN_AFTER_S = 3.0


@dataclass
class Heard:
    """What the listeners reported: for each kind and event the instants, in monotonic nanoseconds."""

    instants: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    ready: threading.Event = field(default_factory=threading.Event)

    def collect(self, report: Connection) -> None:
        try:
            while True:
                message = report.recv()
                if message[0] == "ready":
                    self.ready.set()
                else:
                    self.instants[message[0], message[1]].append(message[2])
        except EOFError:
            return

    def delays_ms(self, kind: str, goals: list[tuple[str, int]]) -> list[float]:
        """From each goal to the first report of this kind that follows it."""
        delays = []
        for event_id, at in goals:
            later = [instant for instant in self.instants[kind, event_id] if instant > at]
            if later:
                delays.append((min(later) - at) / 1e6)
        return delays


def make_matches(count: int) -> list[UUID]:
    """Live matches of generated teams, each with a full book."""
    from betting.actions.reprice_event import reprice_event
    from project.kit import clock
    from sports.actions.catalogue import seed_sports
    from sports.actions.incidents import start_event
    from sports.actions.scheduling import schedule_event
    from sports.models import Competition, Team

    sport = seed_sports()
    competition, _ = Competition.objects.get_or_create(sport=sport, code="BENCH", name="Bench", country="Nowhere")
    first = Team.objects.count()
    teams = Team.objects.bulk_create(
        Team(sport=sport, name=f"Team {number}", country="Nowhere", short_name="TML", color="#888888")
        for number in range(first, first + 2 * count)
    )
    odds = {"1x2": {"home": 2100, "draw": 3400, "away": 3500}, "over_under;total=2.5": {"over": 1900, "under": 1900}}
    events = []
    for number in range(count):
        event = schedule_event(
            competition_id=competition.pk,
            home_team_id=teams[2 * number].pk,
            away_team_id=teams[2 * number + 1].pk,
            start_time=clock.now(),
            prematch_odds=odds,
        )
        start_event(event_id=event.pk)
        reprice_event(event_id=event.pk)
        events.append(event.pk)
    return events


def measure_goals(address: str, events: list[UUID]) -> tuple[Heard, list[tuple[str, int]]]:
    """Score goals on the watched matches while the clocks of all others tick, and listen."""
    from bench.price_listeners import listen, poll

    heard = Heard()
    watched = events[:WATCHED]
    names = [str(event_id) for event_id in watched]
    context = multiprocessing.get_context("spawn")
    listeners = []
    for target, asked in ((listen, names), (poll, names[:POLLED])):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=target, args=(address, asked, theirs), daemon=True)
        process.start()
        theirs.close()
        threading.Thread(target=heard.collect, args=(ours,), daemon=True).start()
        listeners.append(process)
    assert heard.ready.wait(60), "the listener did not get its images"
    stop = threading.Event()
    clocks = threading.Thread(target=tick, args=(events[WATCHED:], stop), daemon=True)
    clocks.start()
    goals = score(watched)
    time.sleep(LISTEN_AFTER_S)
    stop.set()
    clocks.join()
    for process in listeners:
        process.terminate()
        process.join()
    return heard, goals


def tick(events: list[UUID], stop: threading.Event) -> None:
    """Let every clock advance once a minute, spread evenly."""
    from django.db import connection

    from sports.actions.incidents import advance_clock

    minute = 1
    while events and not stop.is_set():
        for event_id in events:
            advance_clock(event_id=event_id, minute=minute)
            if stop.wait(MINUTE_S / len(events)):
                break
        minute += 1
    connection.close()


def score(watched: list[UUID]) -> list[tuple[str, int]]:
    """Goals at a steady rate over the watched matches in turn; returns each with the instant before it was recorded."""
    from sports.actions.incidents import record_incident, resume_betting
    from sports.core.match_state import Side

    goals = []
    chance = random.Random(7)
    for number in range(GOALS):
        event_id = watched[number % len(watched)]
        began = time.monotonic()
        goals.append((str(event_id), time.monotonic_ns()))
        side: Side = "home" if chance.random() < 0.55 else "away"
        minute = 1 + number // len(watched)
        record_incident(event_id=event_id, incident_type="goal", side=side, minute=minute)
        time.sleep(max(0.0, 1 / GOALS_PER_S - (time.monotonic() - began)))
        resume_betting(event_id=event_id)
    return goals


def measure_repricing(events: list[UUID]) -> list[list[str]]:
    """What one repricing costs, beside its floor (one round trip), its baseline (the ORM) and the engine alone."""
    from django.db import connection, transaction

    from betting.actions.reprice_event import reprice_event
    from betting.models import Selection
    from ml.core.inplay import inplay_state, price_event
    from ml.core.inplay_batch import MatchBatch, price_events
    from ml.queries.priors import get_goal_rates
    from sports.actions.incidents import advance_clock
    from sports.models import LiveState

    samples: dict[str, list[float]] = defaultdict(list)
    event_id = events[-1]
    rates = get_goal_rates(event_id)
    state = inplay_state(LiveState.objects.get(event_id=event_id).to_match_state())
    for number in range(REPRICINGS):
        advance_clock(event_id=events[number % len(events)], minute=60 + number // len(events))
        samples["repricing one match"].append(timed(lambda n=number: reprice_event(event_id=events[n % len(events)])))
        samples["engine alone, one match"].append(timed(lambda: price_event(rates, state)))
        with connection.cursor() as cursor:
            samples["floor: one round trip"].append(timed(lambda c=cursor: c.execute("SELECT 1")))
    for _ in range(20):
        with transaction.atomic():
            selections = list(Selection.objects.filter(market__event_id=event_id))
            samples["baseline: ORM, one save a selection"].append(timed(lambda s=selections: [row.save() for row in s]))
    batch = MatchBatch.of([(rates, state)] * 1_000)
    for _ in range(50):
        samples["engine alone, batch of 1,000"].append(timed(lambda: price_events(batch)))
    return [
        [name, f"{percentile(times, 0.5):.3f}", f"{percentile(times, 0.99):.3f}"] for name, times in samples.items()
    ]


def timed(work: object) -> float:
    """Milliseconds of one call."""
    assert callable(work)
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def measure(size: int) -> list[list[str]]:
    """One stack with this many live matches: what its goals took."""
    import django
    from django.db import connections

    with live_stack(("web", "worker-prices", "relay")) as address:
        django.setup()
        events = make_matches(size)
        heard, goals = measure_goals(address, events)
        polled = {str(event_id) for event_id in events[:POLLED]}
        rows = []
        for name, kind in (("new price", "price"), ("floor: scoreboard", "score"), ("baseline: poll 1/s", "poll")):
            asked = [goal for goal in goals if kind != "poll" or goal[0] in polled]
            delays = heard.delays_ms(kind, asked)
            row = [f"{size:,}", name, f"{len(delays)}/{len(asked)}"]
            rows.append([*row, f"{percentile(delays, 0.5):.1f}", f"{percentile(delays, 0.99):.1f}"])
        connections.close_all()
    return rows


def measure_alone() -> list[list[str]]:
    """Repricing by itself: no worker runs that would take the same book at the same time."""
    import django
    from django.db import connections

    with live_stack(("web",)):
        django.setup()
        rows = measure_repricing(make_matches(MATCHES_ALONE))
        connections.close_all()
    return rows


def main() -> None:
    """Each measurement in a process of its own: Django's settings name one stack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", help="measure one part, a number of live matches or `alone`, and print JSON")
    part = parser.parse_args().part
    if part:
        print(json.dumps(measure_alone() if part == ALONE else measure(int(part))))
        return
    goals = [row for size in SIZES for row in run_part(str(size))]
    print_table("From a goal to a client (ms)", ["live matches", "what arrives", "heard", "p50", "p99"], goals)
    print_table("Cost of a repricing (ms)", ["what", "p50", "p99"], run_part(ALONE))


def run_part(part: str) -> list[list[str]]:
    """The rows another process measured."""
    command = [sys.executable, "-m", "bench.price", "--part", part]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    rows: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return rows


if __name__ == "__main__":
    main()
