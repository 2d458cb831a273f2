"""The real processes of the socket for tests: daphne on a free port, and the relay, on the test database and Redis."""

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FIRST_PORT, PORT_COUNT = 20_000, 12_000
START_TIMEOUT_S = 40.0
STOP_TIMEOUT_S = 10.0


def free_port() -> int:
    """Below those the kernel gives to outgoing connections: a server that is down for a moment keeps its port."""
    while True:
        port = FIRST_PORT + secrets.randbelow(PORT_COUNT)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def environment(**changes: str) -> dict[str, str]:
    """This test run's environment, with the database that the tests themselves use."""
    from django.db import connection

    url = re.sub(r"@/[^?]+", f"@/{connection.settings_dict['NAME']}", os.environ["DATABASE_URL"])
    return os.environ | {"DATABASE_URL": url} | changes


class ChildProcess:
    """A process of ours whose log can be read."""

    def __init__(self, log: Path, *command: str, **changes: str) -> None:
        self.log = log
        self.command = [sys.executable, *command]
        self.environment = environment(**changes)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def read_log(self) -> str:
        return self.log.read_text(errors="replace")


class WebServer(ChildProcess):
    """daphne as `make run` starts it."""

    def __init__(self, log: Path, **changes: str) -> None:
        self.port = free_port()
        super().__init__(log, "-m", "project.server", "--port", str(self.port), **{"PORT": str(self.port)} | changes)
        self.url = f"ws://127.0.0.1:{self.port}/ws/v1/"
        self.origin = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        super().start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            assert self.process is not None and self.process.poll() is None, self.read_log()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < deadline, self.read_log()
                time.sleep(0.05)
            else:
                return


class Relay(ChildProcess):
    """`manage.py run_relay`."""

    def __init__(self, log: Path, **changes: str) -> None:
        super().__init__(log, "manage.py", "run_relay", **changes)

    def start(self) -> None:
        """Returns when it relays, or stands by for another that does."""
        read_before = len(self.read_log()) if self.log.exists() else 0
        super().start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not re.search(r"relaying|standing by", self.read_log()[read_before:]):
            assert self.process is not None and self.process.poll() is None, self.read_log()
            assert time.monotonic() < deadline, self.read_log()
            time.sleep(0.05)


def faults_in(log: str) -> list[str]:
    """Lines that no input of a client may ever cause."""
    return [line for line in log.splitlines() if re.search(r"Traceback|ERROR|CRITICAL|Exception|Warning", line)]


def session_cookie(user: Any) -> str:
    """The Cookie header of a browser that is logged in."""
    return f"sessionid={session_key_of(user)}"


def session_key_of(user: Any) -> str:
    """A fresh session of a person."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)
