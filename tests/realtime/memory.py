"""What a running server holds in memory, watched from outside."""

import resource
import threading
from pathlib import Path
from typing import Final, Self

LOOK_EVERY_S: Final = 0.02


def resident_bytes(process_id: int) -> int:
    """As Linux tells it; the kernel's own socket buffers are not in it."""
    return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * resource.getpagesize()


class MemoryWatch:
    """The most a process held while this was entered, beside what it held before."""

    def __init__(self, process_id: int) -> None:
        self._process_id = process_id
        self._before = self._most = resident_bytes(process_id)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    @property
    def growth_bytes(self) -> int:
        return self._most - self._before

    def _watch(self) -> None:
        while not self._is_over.wait(LOOK_EVERY_S):
            self._most = max(self._most, resident_bytes(self._process_id))
