"""Several server processes on one listening socket, each with its own loop and hub. One that dies is replaced.

The socket stays open here: while a process is replaced, new connections wait in its queue or go to the others.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import Final

from project.devstack.tether import tether
from project.server.connection_counts import clear_count, make_counts

BACKLOG: Final = 1024  # a page that was away brings everyone back within a second
RESTART_AFTER_S: Final = 1.0
KILL_AFTER_S: Final = 15.0


class _Processes:
    """The processes of one listening socket, by their number."""

    def __init__(self, count: int, listening: socket.socket, application: str) -> None:
        self._listening = listening
        self._application = application
        self._counts = make_counts(count)
        self.children = [self._start(number) for number in range(count)]

    def replace_ended(self, stopping: threading.Event) -> None:
        for number, child in enumerate(self.children):
            if child.poll() is None:
                continue
            clear_count(self._counts, number)
            if not stopping.wait(RESTART_AFTER_S):
                sys.stderr.write(f"server process {child.pid} ended by itself, starting another\n")
                self.children[number] = self._start(number)

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        descriptors = (self._listening.fileno(), self._counts)
        endpoint = f"fd:{self._listening.fileno()}:{self._counts}:{number}"
        return subprocess.Popen(
            (sys.executable, "-m", "project.server", "--endpoint", endpoint, "--application", self._application),
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509  this process has one thread
            env=os.environ,
        )


def run_processes(count: int, *, host: str, port: int, application: str) -> None:
    """Keep `count` processes serving until SIGTERM or SIGINT, then let them drain."""
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listening.setblocking(False)
    processes = _Processes(count, listening, application)
    while not stopping.wait(0.2):
        processes.replace_ended(stopping)
    listening.close()
    _end(processes.children)


def _end(children: "list[subprocess.Popen[bytes]]") -> None:
    for child in children:
        child.terminate()
    deadline = time.monotonic() + KILL_AFTER_S
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
