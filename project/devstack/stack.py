"""The whole site on one machine: servers from wheels, the database brought up to date, then every process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from project.devstack.locks import find_lock, wait_for_lock
from project.devstack.postgres import PostgresServer
from project.devstack.processes import list_processes
from project.devstack.redis import RedisServer
from project.devstack.supervisor import Supervisor, wait_until
from project.probe import is_healthy

REPOSITORY = Path(__file__).resolve().parent.parent.parent
READY_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Stack:
    """What to run and where: `folder` holds the data, the mail box and the logs."""

    host: str
    port: int
    folder: Path

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def environment(self, postgres: PostgresServer, redis: RedisServer) -> dict[str, str]:
        return os.environ | {
            "TOUCHLINE_FOLDER": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "DATABASE_URL": postgres.url(),
            "REDIS_URL": redis.url(),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            # Celery warns a root user on every start; on a developer's machine that is nobody's news.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }

    def run(self) -> int:
        """Run until a signal asks to stop. Returns the exit status."""
        with self._only_one(), running_servers(self.folder) as (postgres, redis):
            environment = self.environment(postgres, redis)
            prepared = subprocess.run(
                [sys.executable, "manage.py", "prepare_stack"], cwd=REPOSITORY, env=environment, check=False
            )
            if prepared.returncode != 0:
                return prepared.returncode
            commands = list_processes(host=self.host, port=self.port)
            Supervisor(commands, environment, str(REPOSITORY), on_started=self._announce).loop()
        return 0

    def _announce(self) -> None:
        if not wait_until(lambda: is_healthy(self.port, "localhost"), timeout_s=READY_TIMEOUT_S, every_s=0.2):
            print(
                f"Touchline has not answered at {self.address} for {READY_TIMEOUT_S:.0f} s: see the lines above.",
                flush=True,
            )
            return
        print(f"\n  Touchline is live:  {self.address}\n", flush=True)
        log_ins = self.folder / "demo-log-ins.txt"
        if log_ins.exists():
            print(log_ins.read_text(), flush=True)
        print("  Ctrl-C stops everything; the next start has the same data.\n", flush=True)
        print(f"ready {self.address}", flush=True)

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        lock = self.folder / "stack.lock"
        held = find_lock(lock)
        if held is None and wait_for_lock(lock, timeout_s=1.0):
            held = find_lock(lock)
        if held is None:
            raise SystemExit("Touchline already runs from this folder: stop it first, or use that one.")
        try:
            yield
        finally:
            held.close()


@contextmanager
def running_servers(folder: Path) -> Iterator[tuple[PostgresServer, RedisServer]]:
    postgres, redis = PostgresServer(folder), RedisServer(folder)
    try:
        postgres.start()
        redis.start()
        yield postgres, redis
    finally:
        redis.stop()
        postgres.stop()


def stop_on_signals() -> None:
    """Before the supervisor listens itself: leave through the `finally`s, so that the servers stop cleanly."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
