"""A process that settles, as a Celery worker does, and how the benchmark talks to it."""

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from project.devstack.stack import REPOSITORY

BATCH_SLIPS: Final = 2_000  # as `settle_event` has it


@dataclass(frozen=True)
class Done:
    """What one worker did: slips, seconds, and the processor time of its process and of its database session."""

    slips: int
    seconds: float
    worker_cpu_s: float
    session_cpu_s: float

    @property
    def cpu_s(self) -> float:
        return self.worker_cpu_s + self.session_cpu_s


class Settler:
    """The process, set up and waiting for a command."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.betting.settler"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.wait()

    def send(self, command: str, event_id: UUID) -> None:
        """`floor`, `plan` or `settle` an event; `wait` answers when it is done."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command} {event_id}\n")
        self._process.stdin.flush()

    def wait(self) -> Done:
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if not words:
            raise SystemExit("a settling process ended")
        return Done(int(words[0]), *map(float, words[1:]))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)


def serve() -> None:
    """Do one command a line of standard input until it ends."""
    import django

    django.setup()
    from django.db import connection

    from bench.betting.floor import update_statuses
    from bench.betting.processors import tree_cpu_s
    from betting.actions.settle_event import finish_settlement, plan_settlement, settle_ranges

    def settle(event_id: UUID) -> int:
        slips = settle_ranges(event_id=event_id)
        finish_settlement(event_id=event_id)
        return slips

    print("0 0 0 0", flush=True)
    for line in sys.stdin:
        command, event = line.split()
        event_id = UUID(event)
        connection.close()  # a session of its own for each: no plan and no setting is left from the one before
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            session = cursor.fetchone()[0]
        began, own, theirs = time.perf_counter(), time.process_time(), tree_cpu_s(session)
        if command == "floor":
            done = update_statuses(event_id, BATCH_SLIPS)
        elif command == "plan":
            done = plan_settlement(event_id=event_id, batch_slips=BATCH_SLIPS) or 0
        else:
            done = settle(event_id)
        seconds, own_s = time.perf_counter() - began, time.process_time() - own
        print(done, seconds, own_s, tree_cpu_s(session) - theirs, flush=True)


if __name__ == "__main__":
    serve()
