"""Heartbeats of all sockets of a process on one beat: a timer each costs more than all the looking."""

import asyncio
from collections import defaultdict
from math import ceil
from typing import Final, Protocol

BEAT_S: Final = 0.1  # a heartbeat is late by as much at most; the shortest interval is five times that


class Beating(Protocol):
    """A socket: sends what is due at an instant of the loop's clock and returns when it wants to be asked next.

    None for one that is over.
    """

    def beat(self, now: float) -> float | None: ...


class Heartbeats:
    """Asks each socket when it said it should be asked, rounded up to the next beat."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._beats: defaultdict[int, dict[Beating, None]] = defaultdict(dict)
        self._places: dict[Beating, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0  # the beat that was not taken yet

    def __len__(self) -> int:
        return len(self._places)

    def expect(self, socket: Beating, due_at: float) -> None:
        """Ask it then, and not when it wanted before."""
        self.forget(socket)
        if self._timer is None:
            self._next = self._beat_of(self._loop.time())
        beat = max(self._beat_of(due_at), self._next)
        self._beats[beat][socket] = None
        self._places[socket] = beat
        if self._timer is None:
            self._wait()

    def forget(self, socket: Beating) -> None:
        """Ask it no more."""
        beat = self._places.pop(socket, None)
        if beat is not None:
            sockets = self._beats[beat]
            del sockets[socket]
            if not sockets:
                del self._beats[beat]

    def _wait(self) -> None:
        self._timer = self._loop.call_at(self._next * BEAT_S, self._take)

    def _take(self) -> None:
        now = self._loop.time()
        first, self._next = self._next, max(self._next, int(now / BEAT_S)) + 1
        due = [socket for beat in range(first, self._next) for socket in self._beats.get(beat, ())]
        self._wait()
        try:
            while due:
                self._ask(due.pop(), now)
        finally:
            for socket in due:  # an error of one is not the others'
                if socket in self._places:
                    self.expect(socket, now)
        if not self._places:
            assert self._timer is not None
            self._timer.cancel()
            self._timer = None

    def _ask(self, socket: Beating, now: float) -> None:
        if socket not in self._places:
            return  # what another was sent has ended this one
        due_at = socket.beat(now)
        if due_at is None:
            self.forget(socket)
        else:
            self.expect(socket, due_at)

    @staticmethod
    def _beat_of(at: float) -> int:
        return ceil(at / BEAT_S)
