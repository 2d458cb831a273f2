"""File locks between processes. The kernel drops them with their holder, so a kill -9 leaves nothing stale."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

POLL_S = 0.05


@contextmanager
def holding(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock, waiting for it as long as it takes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def find_lock(path: Path, *, shared: bool = False) -> IO[str] | None:
    """Take the lock if it is free. It is held until the returned file is closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def wait_for_lock(path: Path, *, timeout_s: float) -> bool:
    """Whether the lock came free within the time; it is not kept."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        file = find_lock(path)
        if file is not None:
            file.close()
            return True
        time.sleep(POLL_S)
    return False
