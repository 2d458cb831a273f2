"""Keeps the processes alive under honcho: one that dies is started again, and none outlives the supervisor."""

import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from honcho.manager import Manager
from honcho.process import Popen, Process

from project.devstack import processes
from project.devstack.tether import tether

RESTART_DELAY_S = 1.0
POLL_S = 0.05


IGNORED_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def spawn(command: str, **options: Any) -> subprocess.Popen[bytes]:
    # The worker finishes its task and closes its connections on SIGTERM, also when its supervisor is gone.
    bind = tether(signal.SIGTERM)

    def prepare() -> None:
        # What the parent ignores, a program would ignore from its first moment.
        for number in IGNORED_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        bind()

    process: subprocess.Popen[bytes] = Popen(command, preexec_fn=prepare, stdin=subprocess.DEVNULL, **options)
    return process


class KeptProcess(Process):  # type: ignore[misc]  # honcho ships no types
    """In a child of the supervisor: starts the command, passes on its lines, starts it again when it ends unasked."""

    bind: Callable[[], None]
    # A byte of shared memory: an Event would take a lock, which a signal handler must not.
    is_stopping: Any

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        for number in IGNORED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self.bind()
        self._child_ctor = self._spawn
        while not self.is_stopping.value:
            super().run(events, ignore_signals)
            if not wait_until(lambda: bool(self.is_stopping.value), timeout_s=RESTART_DELAY_S):
                self._send_message(f"{self.name} ended by itself, starting it again\n".encode())
        self._send_message({"returncode": 0}, type="ended")

    def _spawn(self, command: str, **options: Any) -> subprocess.Popen[bytes]:
        process = spawn(command, **options)
        if self.is_stopping.value:
            process.terminate()
        return process

    def _send_message(self, data: Any, type: str = "line") -> None:  # noqa: A002  honcho's name
        # honcho takes the stop of one process for the end of all; here only `ended` is.
        if type != "stop":
            super()._send_message(data, "stop" if type == "ended" else type)


class Signals:
    """How honcho stops a process: SIGTERM to it alone, for a worker ends its own children; SIGKILL to its group."""

    def terminate(self, process_id: int) -> None:
        self._send(os.kill, process_id, signal.SIGTERM)

    def kill(self, process_id: int) -> None:
        self._send(os.killpg, process_id, signal.SIGKILL)

    @staticmethod
    def _send(send: Callable[[int, int], None], process_id: int, number: signal.Signals) -> None:
        try:
            send(process_id, number)
        except ProcessLookupError:
            return


class Supervisor(Manager):  # type: ignore[misc]  # honcho ships no types
    """honcho's manager with processes that are kept. `loop()` returns when a signal has stopped them all."""

    def __init__(
        self,
        commands: Sequence[processes.Process],
        environment: Mapping[str, str],
        folder: str,
        on_started: Callable[[], None],
    ) -> None:
        # The children share memory with us and watch us die, so they must be forks of this very process.
        multiprocessing.set_start_method("fork", force=True)
        super().__init__()
        self._on_started = on_started
        self._procmgr = Signals()
        self._process_ctor = KeptProcess
        self._is_stopping = multiprocessing.RawValue("b", 0)
        bind = tether(signal.SIGKILL)
        for command in commands:
            line = "exec " + shlex.join(python_of(command.command))
            process = self.add_process(command.name, line, env=dict(environment), cwd=folder)
            process.is_stopping, process.bind = self._is_stopping, bind

    def _start(self) -> None:
        super()._start()
        # After the forks: a thread started before them could hold a lock that its copy would wait for.
        threading.Thread(target=self._on_started, daemon=True).start()

    def terminate(self) -> None:
        self._is_stopping.value = 1
        super().terminate()

    def _any_stopped(self) -> bool:
        """Whether honcho's countdown to SIGKILL runs: from the moment a stop was asked for."""
        return bool(self._is_stopping.value)

    def _killall(self, force: bool = False) -> None:
        # A process that is only just starting has no id here yet; it ends itself when it sees the flag.
        starting = {
            name: self._processes.pop(name) for name in list(self._processes) if "pid" not in self._processes[name]
        }
        super()._killall(force)
        self._processes.update(starting)

    def _system_print(self, data: str) -> None:
        """honcho's own news (who started, who was asked to stop) is not the developer's."""


def python_of(command: Sequence[str]) -> list[str]:
    return [sys.executable, *command[1:]] if command[0] == "python" else list(command)


def wait_until(is_done: Callable[[], bool], *, timeout_s: float, every_s: float = POLL_S) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if is_done():
            return True
        time.sleep(every_s)
    return False
