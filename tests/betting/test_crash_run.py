"""One round of what `make crash-test` does twenty times: kill -9 of a worker and of PostgreSQL in the middle."""

import subprocess
import sys
from pathlib import Path

from project.devstack.shared_cluster import REPOSITORY


def test_whatever_is_killed_the_books_are_right_and_every_key_has_its_slip(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.betting.crash_run", "1"]

    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode == 0, done.stderr[-4_000:]
    assert "1 of 1: 48 slips" in done.stdout
