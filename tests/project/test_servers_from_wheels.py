"""PostgreSQL and Redis from wheels: any path, any death, the data stays and nobody is left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import psycopg2
import pytest
import redis

from project.devstack.account import digest_of, get_account, is_reachable
from project.devstack.locks import find_lock
from project.devstack.memory import MEMORY, has_memory, memory_folder, temporary_folder
from project.devstack.postgres import PostgresServer, forget_stale_pid
from project.devstack.redis import RedisServer
from project.devstack.shared_cluster import REPOSITORY, server_in, shared_cluster
from project.devstack.supervisor import wait_until


def is_running(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder with spaces in its path that every account may enter, as a checkout is."""
    with TemporaryDirectory(prefix="touchline test with spaces ") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def postgres(open_folder: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(open_folder, is_forgetful=True)
    server.start()
    yield server
    server.stop()


def ask(server: PostgresServer, *statements: str) -> object:
    connection = server.connect("touchline")
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    connection.close()
    return row[0] if row else None


def test_postgresql_keeps_its_rows_through_a_stop_and_a_kill(postgres: PostgresServer) -> None:
    assert str(ask(postgres, "SHOW server_version")).startswith("18.")
    assert ask(postgres, "SHOW max_wal_size") == "4GB"
    ask(postgres, "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1), (2)", "CHECKPOINT")

    postgres.stop()
    postgres.start()
    assert ask(postgres, "SELECT count(*) FROM kept") == 2

    assert postgres.process is not None
    postgres.process.kill()
    postgres.process.wait()
    postgres.start()
    assert ask(postgres, "SELECT count(*) FROM kept") == 2


def test_the_address_leads_to_the_socket_and_no_port_is_open(postgres: PostgresServer) -> None:
    psycopg2.connect(postgres.url()).close()

    assert ask(postgres, "SHOW listen_addresses") == ""
    assert postgres.socket_folder.stat().st_mode & 0o777 == 0o700
    assert postgres.socket_folder.stat().st_uid == get_account().uid


def test_a_foreign_process_with_the_number_of_a_killed_server_does_not_stop_the_start(tmp_path: Path) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    forget_stale_pid(tmp_path)
    assert not pid_file.exists()

    pid_file.write_text("999999999\n")
    forget_stale_pid(tmp_path)
    assert pid_file.exists()


def test_redis_starts_again_after_a_kill(open_folder: Path) -> None:
    server = RedisServer(open_folder)
    server.start()
    client = redis.Redis.from_url(server.url())
    assert client.ping()
    assert server.process is not None
    server.process.kill()
    server.process.wait()

    server.start()

    assert client.ping()
    client.close()
    server.stop()
    assert not server.socket.exists()


def test_servers_die_with_the_process_that_started_them(open_folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from project.devstack.postgres import PostgresServer; from project.devstack.redis import RedisServer\n"
        "folder = Path(sys.argv[1]); postgres, redis = PostgresServer(folder, is_forgetful=True), RedisServer(folder)\n"
        "postgres.start(); redis.start(); print(postgres.process.pid, redis.process.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(open_folder)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    process_ids = [int(part) for part in starter.stdout.readline().split()]
    starter.stdout.close()
    assert len(process_ids) == 2 and all(is_running(process_id) for process_id in process_ids)

    starter.send_signal(signal.SIGKILL)
    starter.wait()

    assert wait_until(lambda: not any(is_running(process_id) for process_id in process_ids), timeout_s=10)


def test_a_folder_closed_to_the_account_is_seen(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    inside = closed / "inside"
    inside.mkdir(parents=True)
    closed.chmod(0o700)
    account = get_account()

    assert is_reachable(inside, account) == (not account.is_borrowed)


def test_programs_and_data_move_out_of_closed_folders(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = open_folder / "outside"
    monkeypatch.setattr("project.devstack.account.OUTSIDE_FOLDER", outside)
    closed = open_folder / "closed"
    monkeypatch.setattr(
        "project.devstack.account.is_reachable", lambda folder, _: closed not in (folder, *folder.parents)
    )
    monkeypatch.setattr("project.devstack.postgres.is_reachable", lambda *_: False)

    server = PostgresServer(closed, is_forgetful=True)
    server.start()

    assert ask(server, "SELECT 1") == 1
    assert server.data.is_relative_to(outside)
    assert Path(server.command()[0]).is_relative_to(outside)
    server.stop()


def test_the_shared_cluster_lives_as_long_as_somebody_uses_it(open_folder: Path) -> None:
    folder = open_folder / "shared"
    with shared_cluster(folder) as first:
        with shared_cluster(folder) as second:
            assert ask(first, "SELECT pg_postmaster_start_time()") == ask(second, "SELECT pg_postmaster_start_time()")
            keeper = int((folder / "ready").read_text())
        assert ask(first, "SELECT 1") == 1

    assert wait_until(lambda: not is_running(keeper), timeout_s=5)
    probe = find_lock(folder / "keeper.lock")
    assert probe is not None
    probe.close()
    with pytest.raises(psycopg2.OperationalError):
        first.connect()
    assert first.data.parent == (MEMORY / f"touchline-{digest_of(first.place)}" if has_memory() else first.place)
    shutil.rmtree(first.data.parent)


def test_too_little_memory_is_no_place_for_data(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("project.devstack.memory.SIZE_MIN", 1 << 60)

    assert server_in(open_folder).data == open_folder / "postgres"
    with temporary_folder() as folder:
        assert folder.parent == Path(gettempdir())
    assert not folder.exists()


def test_a_folder_of_somebody_else_is_not_used(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("project.devstack.memory.MEMORY", open_folder)
    monkeypatch.setattr("project.devstack.memory.SIZE_MIN", 0)
    assert memory_folder("ours") == open_folder / "ours"

    monkeypatch.setattr("project.devstack.memory.os.geteuid", lambda: os.getuid() + 1)

    assert memory_folder("ours") is None


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "project.devstack.ports", str(port)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    expected = f"Port {port} is taken by another program. Choose a free one: make run PORT={port + 1}\n"
    assert (done.stdout, done.stderr) == ("", expected)


@pytest.mark.parametrize("port", ["0", "65536", "80x", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    command = [sys.executable, "-m", "project.devstack.ports", port]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (1, f"PORT must be a number from 1 to 65535, not {port!r}.\n")
