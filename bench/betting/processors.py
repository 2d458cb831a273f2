"""Processor time of a process and all it ever started, read from /proc."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from bench.stream.machine import GONE, family_of

_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_TIMES: Final = slice(11, 15)  # after the name: own user and system time, then those of children that have ended


def tree_cpu_s(process_id: int) -> float:
    """User and system time of the process and its descendants, those that have ended included."""
    ticks = 0
    for member in family_of(process_id):
        with suppress(*GONE):  # then its parent has its time
            stat = Path(f"/proc/{member}/stat").read_text()
            ticks += sum(map(int, stat.rpartition(")")[2].split()[_TIMES]))
    return ticks / _TICKS_PER_S
