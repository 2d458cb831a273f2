"""One PostgreSQL for every test run of a checkout, however many run at once.

A keeper process owns it. Each test run holds a shared lock on `users`; when the keeper can take that lock alone, nobody
is left and it stops the server. A killed test run drops its lock with its life, so nothing is left running.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from project.devstack.locks import POLL_S, find_lock, holding, wait_for_lock
from project.devstack.postgres import PostgresServer, ServerFailed

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
TEMPLATES_KEPT = 5
REPOSITORY = Path(__file__).resolve().parent.parent.parent
FOLDER = REPOSITORY / ".touchline" / "test"


def server_in(folder: Path = FOLDER) -> PostgresServer:
    """The cluster of a folder, for whoever knows that it runs."""
    return PostgresServer(folder, is_forgetful=True, is_in_memory=True)


@contextmanager
def shared_cluster(folder: Path = FOLDER) -> Iterator[PostgresServer]:
    """A running cluster for as long as the block lasts; the last user waits until it has stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    server = server_in(folder)
    with holding(folder / "users.lock", shared=True):
        with holding(folder / "start.lock"):
            if not _is_running(folder):
                _start_keeper(folder)
        yield server
    probe = find_lock(folder / "users.lock")
    if probe is not None:
        probe.close()
        wait_for_lock(folder / "keeper.lock", timeout_s=STOP_TIMEOUT_S)


def keep(folder: Path) -> None:
    """The keeper's whole life. Anything in a cluster nobody used is left over from a killed run and dropped first."""
    if os.fork() > 0:
        os._exit(0)  # Nobody's child, so that no test run has to wait for it.
    own = find_lock(folder / "keeper.lock")
    if own is None:
        return
    server = server_in(folder)
    server.start()
    drop_leftovers(server)
    (folder / "ready").write_text(str(os.getpid()))
    try:
        # A user takes its lock before it looks for the keeper, and `start.lock` closes the gap between the two.
        while True:
            time.sleep(POLL_S)
            with holding(folder / "start.lock"):
                alone = find_lock(folder / "users.lock")
                if alone is not None:
                    (folder / "ready").unlink(missing_ok=True)
                    server.stop()
                    own.close()
                    alone.close()
                    return
    finally:
        server.stop()


def drop_leftovers(server: PostgresServer) -> None:
    """Test databases of killed runs, templates of schemas long gone, sockets of Redis servers that are dead."""
    for socket in server.socket_folder.glob("redis-*.sock"):
        socket.unlink(missing_ok=True)
    connection = server.connect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'test_')")
        names = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'template_') ORDER BY oid DESC")
        names += [name for (name,) in cursor.fetchall()[TEMPLATES_KEPT:]]
        for name in names:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


def _is_running(folder: Path) -> bool:
    probe = find_lock(folder / "keeper.lock")
    if probe is None:
        return (folder / "ready").exists()
    probe.close()
    return False


def _start_keeper(folder: Path) -> None:
    wait_for_lock(folder / "keeper.lock", timeout_s=STOP_TIMEOUT_S)
    (folder / "ready").unlink(missing_ok=True)
    with (folder / "keeper.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "project.devstack.shared_cluster", str(folder)],
            cwd=REPOSITORY,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            check=True,
        )
    started = time.monotonic()
    while not (folder / "ready").exists():
        waited_s = time.monotonic() - started
        if waited_s > START_TIMEOUT_S or (waited_s > 1 and wait_for_lock(folder / "keeper.lock", timeout_s=POLL_S)):
            raise ServerFailed(f"The test cluster did not start, see {folder / 'keeper.log'}")
        time.sleep(POLL_S)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
