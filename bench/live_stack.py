"""A stack of its own for one measurement: servers from wheels in a temporary folder and the processes it names."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from project.devstack.ports import is_free
from project.devstack.processes import list_processes
from project.devstack.stack import REPOSITORY, running_servers
from project.devstack.tether import tether

HOST = "127.0.0.1"
READY_TIMEOUT_S = 60.0


def find_free_port(first: int = 8400) -> int:
    """The first free port from `first` on."""
    return next(port for port in range(first, first + 200) if is_free(HOST, port))


@contextmanager
def migrated_servers(port: int) -> Iterator[Path]:
    """PostgreSQL and Redis with this process's settings pointed at them and nothing else; yields their folder."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="touchline-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)  # so that root's servers, which run under another account, keep their data in it as well
        postgres, redis = stack.enter_context(running_servers(folder))
        os.environ |= {
            "TOUCHLINE_ENV": "development",
            "TOUCHLINE_FOLDER": str(folder),
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "DATABASE_URL": postgres.url(),
            "REDIS_URL": redis.url(),
            "PORT": str(port),
            "PYTHONWARNINGS": "ignore",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=REPOSITORY, check=True)
        yield folder


@contextmanager
def live_stack(names: Sequence[str]) -> Iterator[str]:
    """Migrate a new database, point this process's settings at it and run the named processes; yields the address."""
    port = find_free_port()
    with ExitStack() as stack:
        stack.enter_context(migrated_servers(port))
        for process in list_processes(host=HOST, port=port):
            if process.name in names:
                stack.enter_context(running(process.command))
        address = f"http://{HOST}:{port}"
        wait_until_ready(address)
        yield address


@contextmanager
def running(command: Sequence[str]) -> Iterator[int]:
    """One process of the site, named as `list_processes` names it; yields its id."""
    started = subprocess.Popen(
        [sys.executable, *command[1:]],
        cwd=REPOSITORY,
        start_new_session=True,
        preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509  no thread runs yet
    )
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait(timeout=30)


def wait_until_ready(address: str) -> None:
    """Returns when the site answers; ends the measurement if it never does."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:  # noqa: S310  our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")
