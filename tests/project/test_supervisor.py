"""The supervisor starts again what dies, stops everything on a signal, and takes everything along when it is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from project.devstack.shared_cluster import REPOSITORY
from project.devstack.supervisor import wait_until

STEADY = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
SUPERVISE = """
import os, sys
from project.devstack.processes import Process
from project.devstack.supervisor import Supervisor
commands = [Process(name, ("python", "-c", sys.argv[2], f"{sys.argv[1]}/{name}")) for name in ("one", "two")]
Supervisor(commands, os.environ, sys.argv[1], on_started=lambda: None).loop()
"""


def list_process_ids(folder: Path, name: str) -> list[int]:
    file = folder / name
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def is_running(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", SUPERVISE, str(tmp_path), STEADY]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    assert wait_until(lambda: all(list_process_ids(tmp_path, name) for name in ("one", "two")), timeout_s=20)
    yield process
    process.kill()
    process.wait()


def test_what_dies_is_started_again_and_the_other_is_left_alone(
    supervisor: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    (first,) = list_process_ids(tmp_path, "one")
    (steady,) = list_process_ids(tmp_path, "two")

    subprocess.run(["/bin/kill", "-9", str(first)], check=True)

    assert wait_until(lambda: len(list_process_ids(tmp_path, "one")) == 2, timeout_s=10)
    assert is_running(list_process_ids(tmp_path, "one")[1])
    assert list_process_ids(tmp_path, "two") == [steady]
    assert is_running(steady)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_supervisor(
    supervisor: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    process_ids = [*list_process_ids(tmp_path, "one"), *list_process_ids(tmp_path, "two")]

    supervisor.send_signal(number)
    supervisor.wait(20)

    assert wait_until(lambda: not any(is_running(process_id) for process_id in process_ids), timeout_s=10)
