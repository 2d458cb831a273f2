"""How many connections each of several server processes has, in memory that all of them see."""

import mmap
import os
from array import array
from typing import Final

NOT_ACCEPTING: Final = -1
_WIDTH: Final = 8


class ConnectionCounts:
    """One process' view: it writes its own count alone, so nobody waits for anybody."""

    def __init__(self, descriptor: int, own: int) -> None:
        self._counts = memoryview(mmap.mmap(descriptor, 0)).cast("q")
        self._own = own

    def set(self, connections: int) -> None:
        self._counts[self._own] = connections

    def are_lower_elsewhere(self) -> bool:
        """Whether another process that accepts has fewer connections than this one."""
        own = self._counts[self._own]
        return any(NOT_ACCEPTING < count < own for count in self._counts)


def make_counts(processes: int) -> int:
    """The descriptor of such memory for so many processes, none of which accepts yet."""
    descriptor = os.memfd_create("connection-counts")
    os.write(descriptor, array("q", [NOT_ACCEPTING] * processes).tobytes())
    return descriptor


def clear_count(descriptor: int, process: int) -> None:
    """For whoever sees that a process has ended."""
    os.pwrite(descriptor, array("q", [NOT_ACCEPTING]).tobytes(), process * _WIDTH)
