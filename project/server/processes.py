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

BACKLOG: Final = 1024  # a page that was away brings everyone back within a second
RESTART_AFTER_S: Final = 1.0
KILL_AFTER_S: Final = 15.0


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
    children = [_start(listening, application) for _ in range(count)]
    while not stopping.wait(0.2):
        for index, child in enumerate(children):
            if child.poll() is not None and not stopping.wait(RESTART_AFTER_S):
                sys.stderr.write(f"server process {child.pid} ended by itself, starting another\n")
                children[index] = _start(listening, application)
    listening.close()
    _end(children)


def _start(listening: socket.socket, application: str) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "project.server", "--listening-fd", str(listening.fileno()))
    return subprocess.Popen(
        (*command, "--application", application),
        pass_fds=(listening.fileno(),),
        stdin=subprocess.DEVNULL,
        preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509  this process has one thread
        env=os.environ,
    )


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
