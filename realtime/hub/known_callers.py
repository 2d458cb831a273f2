"""Whose sessions were found to stand a moment ago, so that not every request has to ask the database.

An entry goes with the order that closes the same person's sockets, and by itself after five seconds, should the order
be lost. Who comes back shortly before that is asked about meanwhile, so that somebody busy never waits for it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accounts.queries.sessions import find_callers
from project.kit.bus import session_digest
from project.kit.callers import Caller
from project.kit.errors import TemporarilyUnavailable
from realtime.hub.bus_reader import BusReader
from realtime.hub.cuts import Cuts
from realtime.hub.database import DatabaseThreads
from realtime.hub.gathered_reads import AT_ONCE, GatheredReads

KNOWN_FOR_S: Final = 5.0
RENEWED_AFTER_S: Final = 3.5
RENEWED_EVERY_S: Final = 0.5  # nobody waits for these, and a look-up costs as much as ten of the keys in it
RENEWED_AT_ONCE: Final = 100  # a larger one would keep the interpreter from who does wait
KNOWN_MAX: Final = 50_000  # about 20 MB; a process that serves more people in five seconds asks for the others


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    session: str
    asked_at: float


class KnownCallers:
    """The entries. The caller brings the clock."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}  # by session key, in the order in which they were kept
        self._keys_of: dict[UUID, set[str]] = {}
        self._forgotten_at = float("-inf")

    def find(self, session_key: str, *, at: float) -> Caller | None:
        """Whose session this is, if that is known and recent."""
        known = self._known.get(session_key)
        if known is None:
            return None
        if at - known.asked_at >= KNOWN_FOR_S:
            self._drop(session_key)
            return None
        return known.caller

    def is_aging(self, session_key: str, *, at: float) -> bool:
        """Whether what is known of this session will soon be too old."""
        known = self._known.get(session_key)
        return known is not None and at - known.asked_at >= RENEWED_AFTER_S

    def drop(self, session_key: str, *, asked_at: float) -> None:
        """A look-up that began at this instant did not find the session."""
        known = self._known.get(session_key)
        if known is not None and known.asked_at < asked_at:
            self._drop(session_key)

    def keep(self, caller: Caller, *, asked_at: float) -> None:
        """Keep what a look-up found that began at this instant."""
        assert caller.user_id is not None, "a session has a person"
        self._drop_old(asked_at)
        if asked_at <= self._forgotten_at or len(self._known) >= KNOWN_MAX:
            return
        self._drop(caller.session_key)
        self._known[caller.session_key] = _Known(caller, session_digest(caller.session_key), asked_at)
        self._keys_of.setdefault(caller.user_id, set()).add(caller.session_key)

    def forget(self, user_id: UUID, session: str) -> None:
        """An order came: for all sessions of the person, or for one by its digest."""
        for session_key in tuple(self._keys_of.get(user_id, ())):
            if session in ("", self._known[session_key].session):
                self._drop(session_key)

    def forget_all(self, *, at: float) -> None:
        """Orders may have been lost: look-ups that began before this instant are not kept either."""
        self._forgotten_at = at
        self._known.clear()
        self._keys_of.clear()

    def _drop_old(self, at: float) -> None:
        while self._known:
            oldest = next(iter(self._known.values()))
            if at - oldest.asked_at < KNOWN_FOR_S:
                break
            self._drop(oldest.caller.session_key)

    def _drop(self, session_key: str) -> None:
        known = self._known.pop(session_key, None)
        if known is None:
            return
        user_id = known.caller.user_id
        assert user_id is not None, "a session has a person"
        keys = self._keys_of[user_id]
        keys.discard(session_key)
        if not keys:
            del self._keys_of[user_id]


class Callers:
    """From a session key to its caller, by the database only where it is not known. Lives on the hub's loop."""

    def __init__(self, cuts: Cuts, bus: BusReader, now: Callable[[], float]) -> None:
        self.known = KnownCallers()
        # Of their own: sessions that never stood can be asked about without end, and topics must not wait for that.
        self._threads = DatabaseThreads(threads=AT_ONCE, name="hub-caller")
        self._cuts = cuts
        self._bus = bus
        self._now = now
        self._look_ups: GatheredReads[str, Caller] = GatheredReads(self._look_up)
        self._aging: set[str] = set()
        self._renewal: asyncio.Task[None] | None = None

    async def find(self, session_key: str) -> Caller | None:
        """Whose session this is; None for one that does not stand. Raises TemporarilyUnavailable."""
        # While no order would be heard nothing known can be trusted.
        at = self._now()
        known = self.known.find(session_key, at=at) if self._bus.is_listening else None
        if known is None:
            return await self._look_ups.get(session_key)
        if self.known.is_aging(session_key, at=at):
            self._aging.add(session_key)
            if self._renewal is None:
                self._renewal = asyncio.ensure_future(self._renew())
        return known

    async def _renew(self) -> None:
        try:
            while self._aging:
                await asyncio.sleep(RENEWED_EVERY_S)
                asked, self._aging = list(self._aging), set()
                for first in range(0, len(asked), RENEWED_AT_ONCE):
                    await self._look_up(asked[first : first + RENEWED_AT_ONCE])
        except TemporarilyUnavailable:
            pass  # what is known grows too old; whoever asks then is told
        finally:
            self._renewal = None

    async def _look_up(self, session_keys: list[str]) -> Mapping[str, Caller]:
        asked_at = self._now()
        callers = await self._threads.run(find_callers, session_keys)
        standing = {
            session_key: caller
            for session_key, caller in callers.items()
            if self._cuts.find_for(caller, since=asked_at) is None
        }
        if self._bus.is_listening:
            for session_key in session_keys:
                if session_key in standing:
                    self.known.keep(standing[session_key], asked_at=asked_at)
                else:
                    self.known.drop(session_key, asked_at=asked_at)
        return standing
