"""Starts the whole site on a port and data folder of its own, as `make run` does, and stops all of it at the end."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 30
LINES_KEPT = 4_000  # of output, to be shown when something fails
# What this process tells its own Django must not reach the site's.
NOT_PASSED_ON = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "TOUCHLINE_FOLDER", "PORT")


@dataclass
class Site:
    """A running site: where it answers, who may log in, and what its processes said."""

    address: str
    folder: Path
    output: deque[str] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))

    @property
    def passwords(self) -> dict[str, str]:
        """The demo people's, as the start printed them."""
        lines = (self.folder / "demo-log-ins.txt").read_text().splitlines()
        return {words[0]: words[1] for words in (line.split() for line in lines) if len(words) >= 2}

    @property
    def complaints(self) -> list[str]:
        """Lines that no healthy site writes."""
        return [line for line in self.output if "Traceback" in line or " ERROR " in line or " WARNING " in line]


@contextmanager
def running_site(folder: Path, *, match_seconds: int, live_matches: int = 4) -> Iterator[Site]:
    port = find_free_port()
    site = Site(address=f"http://127.0.0.1:{port}", folder=folder)
    environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    environment |= {
        "TOUCHLINE_ENV": "development",
        "TOUCHLINE_DATA": "",
        "TOUCHLINE_MATCH_SECONDS": str(match_seconds),
        "TOUCHLINE_LIVE_MATCHES": str(live_matches),
        "TOUCHLINE_TENNIS_MATCHES": "1",
        "TOUCHLINE_BASKETBALL_MATCHES": "1",
        "TOUCHLINE_OUTRIGHT_EVENTS": "1",
        "TOUCHLINE_BET_DELAY": "0",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "project.devstack", "--port", str(port), "--folder", str(folder)]
    process = subprocess.Popen(
        [*command, "--stop-with-parent"],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:  # closes its output at the end
        try:
            wait_until_ready(process, site)
            yield site
        finally:
            stop(process)


def wait_until_ready(process: "subprocess.Popen[str]", site: Site) -> None:
    is_ready = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            site.output.append(line.rstrip())
            if line.startswith("ready "):
                is_ready.set()
        is_ready.set()  # it ended: nobody need wait longer

    threading.Thread(target=listen, daemon=True).start()
    if not is_ready.wait(START_TIMEOUT_S) or process.poll() is not None:
        raise RuntimeError("the site did not start:\n" + "\n".join(site.output))


def stop(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
