"""kill -9 in the middle: `python -m tests.betting.crash_run 20` kills a worker and PostgreSQL while slips are placed
and while they are settled, so many times each at random moments, and checks the books after every one.

It has a cluster of its own that syncs as in production: what was answered must be there afterwards.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from project.devstack.memory import temporary_folder
from project.devstack.postgres import PostgresServer
from project.devstack.redis import RedisServer

PEOPLE = 4
SLIPS = 24  # a round
KILL_WITHIN_S = 0.15  # after a random number of answers, or the beginning: settling a round takes about as long


class Crashes:
    """One run: the cluster, the people, and the keys of all slips that were ever sent."""

    def __init__(self, server: PostgresServer) -> None:
        from datetime import timedelta

        from project.kit import clock
        from tests.betting.desk import fund, make_priced_event, selection_of
        from tests.people import make_person

        self.server = server
        self.people = [make_person(f"person{number}") for number in range(PEOPLE)]
        for person in self.people:
            fund(person)
        self.event = make_priced_event(start_time=clock.now() + timedelta(days=1))  # however long the run takes
        self.home = selection_of(self.event, "1x2", "home")
        self.sent: list[tuple[Any, Any, str]] = []
        self.minute = 0
        self.halfway = 0

    def place_under_fire(self, number: int, *, is_server: bool) -> None:
        """Slips are placed, something dies, all are sent again: each key has one slip, each slip one stake."""
        from betting.models import BetSlip
        from tests.betting.desk import command_for

        mine = [
            (self.people[place % PEOPLE].id, command_for(self.home, "0.50"), f"round-{number}-{is_server}-{place}")
            for place in range(SLIPS)
        ]
        before = BetSlip.objects.count()
        answers = random.randrange(SLIPS)
        answered = self._kill_during(lambda: _place_all(mine), is_server=is_server, after_reports=answers)
        found = BetSlip.objects.count() - before
        assert 0 <= found <= SLIPS
        assert found >= answered, "an answered slip is gone"
        self.halfway += 0 < found < SLIPS
        self.sent += mine
        first = [_place(one) for one in self.sent]
        assert first == [_place(one) for one in self.sent]
        assert len(set(first)) == len(self.sent) == BetSlip.objects.count()
        self.check()

    def settle_under_fire(self, *, is_server: bool) -> None:
        """A result that changes every slip, something dies on the way, the sweep's call brings the rest: once each."""
        from betting.actions.settle_event import settle_event
        from betting.models import BetHistory, BetSlip

        self._change_result()
        history = BetHistory.objects.count()
        self._kill_during(lambda: _settle(self.event.pk), is_server=is_server)
        settled = BetHistory.objects.count() - history
        self.halfway += 0 < settled < len(self.sent)
        settle_event(event_id=self.event.pk, batch_slips=3)
        assert settle_event(event_id=self.event.pk, batch_slips=3) == 0
        assert BetHistory.objects.count() - history == len(self.sent)
        assert not BetSlip.objects.filter(status="accepted").exists()
        self.check()

    def open_again(self) -> None:
        """Take the results back, so that the next round can place more."""
        from betting.actions.set_results import roll_back_results
        from betting.actions.settle_event import settle_event
        from betting.models import Market, Selection

        roll_back_results(market_id=self.home.market_id, order=self._order())
        settle_event(event_id=self.event.pk)
        Market.objects.filter(id=self.home.market_id).update(status="active")
        Selection.objects.filter(id=self.home.id).update(odds_milli=self.home.odds_milli)
        self.check()

    def check(self) -> None:
        """The books are right, each settlement is written once, each wallet is what its slips make of it."""
        from django.db.models import Count, Sum

        from betting.models import BetHistory, BetSlip
        from betting.queries.audit import list_book_faults
        from tests.betting.desk import available

        assert list_book_faults() == []
        lines = BetHistory.objects.values("bet_slip_id", "settlement_no").annotate(times=Count("id"))
        assert not lines.filter(times__gt=1).exists()
        for person in self.people:
            sums = BetSlip.objects.filter(user=person).aggregate(staked=Sum("stake_minor"), paid=Sum("payout_minor"))
            assert available(person) == 100_000 - (sums["staked"] or 0) + (sums["paid"] or 0)

    def _change_result(self) -> None:
        from betting.actions.set_results import set_results
        from betting.core.grading import LOST, WON
        from betting.models import Selection

        was_won = Selection.objects.get(id=self.home.id).result == "won"
        set_results(market_id=self.home.market_id, grades={self.home.id: LOST if was_won else WON}, order=self._order())

    def _order(self) -> Any:
        from datetime import timedelta

        from betting.actions.set_results import Order
        from project.kit import clock

        self.minute += 1
        return Order("Official", clock.now() + timedelta(minutes=self.minute))

    def _kill_during(self, work: Callable[[], None], *, is_server: bool, after_reports: int = 0) -> int:
        """Fork a worker, kill it or its PostgreSQL at a random moment; answers what it had reported done.

        Not before it has begun and reported so many times.
        """
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        worker = os.fork()
        if worker == 0:
            os.close(reading)
            os.dup2(writing, 1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            try:
                work()
            finally:
                os._exit(0)
        os.close(writing)
        begun = b""
        while len(begun) <= after_reports:
            begun += os.read(reading, 1)
        time.sleep(random.uniform(0, KILL_WITHIN_S))
        if is_server:
            assert self.server.process is not None
            self.server.process.kill()
            self.server.process.wait()
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        with os.fdopen(reading, "rb") as rest:
            reported = (begun + rest.read()).count(b"+")
        if is_server:
            self.server.start()
        return reported


def _place(one: tuple[Any, Any, str]) -> str:
    from betting.actions.place_slip import place_slip

    user_id, command, key = one
    return str(place_slip(user_id=user_id, command=command, key=key).id)


def _place_all(slips: list[tuple[Any, Any, str]]) -> None:
    os.write(1, b".")
    for one in slips:
        _place(one)
        os.write(1, b"+")  # the answer has left


def _settle(event_id: Any) -> None:
    from betting.actions.settle_event import settle_event

    os.write(1, b".")
    settle_event(event_id=event_id, batch_slips=2)


def run(times: int, folder: Path) -> int:
    """Kill so many times in each of the four ways; answers how many kills fell in the middle of the work."""
    server, redis = PostgresServer(folder), RedisServer(folder)
    redis.start()
    server.start()
    try:
        os.environ |= {
            "TOUCHLINE_ENV": "test",
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "DATABASE_URL": server.url(),
            "REDIS_URL": redis.url(),
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        crashes = Crashes(server)
        for number in range(times):
            for is_server in (False, True):
                crashes.place_under_fire(number, is_server=is_server)
                crashes.settle_under_fire(is_server=is_server)
                crashes.open_again()
            said = f"{number + 1} of {times}: {len(crashes.sent)} slips, {crashes.halfway} kills in the middle"
            sys.stdout.write(f"{said}\n")
            sys.stdout.flush()
        return crashes.halfway
    finally:
        server.stop()
        redis.stop()


if __name__ == "__main__":
    with temporary_folder() as place:
        run(int(sys.argv[1]), place)
