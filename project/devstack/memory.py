"""Folders in memory for servers of tests. On some disks each new file costs a millisecond, and a database has hundreds.

Chosen by the size of the file system alone, so that every process of a test run makes the same choice.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  our folders in there are private, and their owner is checked
SIZE_MIN = 2 << 30  # a container's usual 64 MB hold no database


def has_memory() -> bool:
    """Whether this machine has such a place, and of a size worth using."""
    try:
        place = os.statvfs(MEMORY)
    except OSError:
        return False
    return place.f_blocks * place.f_frsize >= SIZE_MIN and os.access(MEMORY, os.W_OK | os.X_OK)


def memory_folder(name: str) -> Path | None:
    """A lasting folder of this name, until the machine restarts; None where there is none for us."""
    if not has_memory():
        return None
    folder = MEMORY / name
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder if folder.lstat().st_uid == os.geteuid() else None


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone at the end, in memory where there is some."""
    with tempfile.TemporaryDirectory(prefix="touchline-", dir=MEMORY if has_memory() else None) as folder:
        place = Path(folder)
        place.chmod(0o755)  # the account that runs PostgreSQL has to pass
        yield place
