"""The two cores and what a process uses of them, read from Linux itself: processor time, memory, open sockets."""

import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
CLOCK_OF_A_PROCESS: Final = 2  # CPUCLOCK_SCHED of the kernel's process clocks: user and system time, in nanoseconds

GONE: Final = (FileNotFoundError, ProcessLookupError)  # a process that ended since it was listed
IDLE_WITHIN_S: Final = 10.0


@dataclass(frozen=True)
class Cores:
    """`server` belongs to the measured server alone; clients, publisher, Redis and PostgreSQL share `load`."""

    server: int
    load: int

    @property
    def both(self) -> set[int]:
        return {self.server, self.load}


def find_cores() -> Cores:
    """The first two cores this process may use. Refuses a machine on which nothing could be told apart."""
    if not sys.platform.startswith("linux"):
        raise SystemExit("This benchmark reads /proc and needs Linux.")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("This benchmark needs two cores: one for the server, one for everything else.")
    return Cores(server=cores[0], load=cores[1])


def family_of(process_id: int) -> list[int]:
    """The process and all its descendants: a server may fork workers."""
    family = [process_id]
    for parent in family:
        family += _children_of(parent)
    return family


def cpu_ns(process_ids: Iterable[int]) -> int:
    """User and system time of these processes with all their threads; the clock that utime + stime round."""
    return sum(time.clock_gettime_ns((~process_id << 3) | CLOCK_OF_A_PROCESS) for process_id in process_ids)


def wait_until_idle(process_ids: Sequence[int], *, for_s: float = 0.1) -> None:
    """Return when these processes have done next to nothing for a while, or have not stopped for far too long."""
    deadline = time.monotonic() + IDLE_WITHIN_S
    while time.monotonic() < deadline:
        before = cpu_ns(process_ids)
        time.sleep(for_s)
        if (cpu_ns(process_ids) - before) / 1e9 < for_s / 10:
            return


def resident_bytes(process_ids: Iterable[int]) -> int:
    """What these processes hold in memory; the kernel's own socket buffers are not in it."""
    pages = 0
    for process_id in process_ids:
        pages += int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    return pages * PAGE_BYTES


def open_sockets(process_id: int) -> int:
    """How many sockets a process has open."""
    count = 0
    for entry in Path(f"/proc/{process_id}/fd").iterdir():
        try:
            count += str(entry.readlink()).startswith("socket:")
        except FileNotFoundError:
            continue  # closed while we looked
    return count


def _children_of(process_id: int) -> list[int]:
    children: list[int] = []
    with suppress(*GONE):
        for task in Path(f"/proc/{process_id}/task").iterdir():
            children += [int(child) for child in (task / "children").read_text().split()]
    return children
