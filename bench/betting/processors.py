"""Processor time of a process and all it ever started, read from /proc."""

import os
from pathlib import Path
from typing import Final

_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_TIMES: Final = slice(11, 15)  # after the name: own user and system time, then those of children that have ended
_GONE: Final = (FileNotFoundError, ProcessLookupError)  # ended since it was listed: its parent has its time


def tree_cpu_s(process_id: int) -> float:
    """User and system time of the process and its descendants, those that have ended included."""
    members, ticks = [process_id], 0
    for member in members:
        try:
            stat = Path(f"/proc/{member}/stat").read_text()
            for task in Path(f"/proc/{member}/task").iterdir():
                members += map(int, (task / "children").read_text().split())
        except _GONE:
            continue
        ticks += sum(map(int, stat.rpartition(")")[2].split()[_TIMES]))
    return ticks / _TICKS_PER_S
