"""A gathering in this process: who hears the topic, here and through other hubs, and who is typing."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from project.kit.bus import milliseconds_now
from project.kit.callers import require_user
from project.kit.topics import Attendee, GatheringTopic
from realtime.core.gathering import ALIVE_FOR_S, Gathering, GatheringView, Roster
from realtime.hub.announcer import Announcer
from realtime.hub.connection import Connection
from realtime.hub.ephemeral import EphemeralChannel
from realtime.hub.topic_reads import GatheringReads
from realtime.rosters import Announcement

ROSTERS_WITHIN_S: Final = 1.0  # a join does not wait longer for Redis: who is elsewhere is told later


@dataclass(frozen=True)
class _Place:
    """Under which name a socket is here."""

    user_id: str | None
    attendee: Attendee


class GatheringChannel(EphemeralChannel[GatheringView]):
    """Being subscribed is being present. What changes here is told to the other hubs."""

    def __init__(
        self,
        name: str,
        topic: GatheringTopic,
        arguments: Mapping[str, str],
        reads: GatheringReads,
        announcer: Announcer,
    ) -> None:
        super().__init__(name, topic, arguments)
        self._reads = reads
        self._announcer = announcer
        self._gathering = Gathering()
        self._places: dict[Connection, _Place] = {}
        self._doubts: Counter[Connection] = Counter()
        self._loading: asyncio.Task[None] | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._has_new_roster = False
        self._has_new_typing = False

    @property
    def is_empty_here(self) -> bool:
        """Whether this hub has nobody to speak for."""
        return self._gathering.is_empty_here

    async def join(self, connection: Connection, *, ref: int | str | None) -> None:
        await self._load()
        attendee = await self._find_attendee(connection)
        if connection.is_closed or self.name not in connection.topics:
            return
        self._place(connection, attendee)
        self.send_image(connection, ref=ref)

    async def look_again(self, connection: Connection) -> None:
        self._doubts[connection] += 1  # a join or another look under way asks once more
        if connection in self._places:
            attendee = await self._find_attendee(connection)
            if connection in self._places:
                self._place(connection, attendee)

    def leave(self, connection: Connection) -> None:
        super().leave(connection)
        self._doubts.pop(connection, None)
        place = self._places.pop(connection, None)
        if place is not None:
            self._gathering.leave(place.user_id)
            self._has_new_roster = True
            self.note_change()

    async def type(self, connection: Connection) -> None:
        """The person is typing. Said again too soon it means nothing. Raises AppError where they may not write."""
        user_id = str(require_user(connection.caller))
        if self._gathering.may_type_now(user_id, at=self._loop.time()):
            await self._reads.check_may_type(connection.caller)
            self._gathering.type(user_id, at=self._loop.time())
            self._has_new_typing = True
            self.note_change()

    def receive(self, message: dict[str, Any]) -> None:
        if "said" in message:
            self._has_new_typing |= self._gathering.say(message["said"])
        elif message["h"] == self._announcer.hub_id:
            return
        else:
            hub_id, at = message["h"], self._loop.time()
            if "r" in message:
                self._gathering.hear_roster(hub_id, Roster.of_json(message["r"]), until=at + ALIVE_FOR_S)
            self._gathering.hear_typing(hub_id, message["t"], at=at)
        self.note_change()

    def find_view(self, connection: Connection, fresh: dict[frozenset[str], GatheringView]) -> GatheringView:
        unseen = self._places[connection].attendee.unseen
        if unseen not in fresh:
            fresh[unseen] = self._gathering.view(unseen)
        return fresh[unseen]

    def flush(self) -> None:
        if self._gathering.expire(self._loop.time()):
            self._has_new_typing = True
        super().flush()
        self._expect_expiry()
        if self._has_new_roster or self._has_new_typing:
            self._announcer.note(self)

    def repeat_roster(self) -> None:
        """Have who is here said again, before it is forgotten elsewhere."""
        if not self.is_empty_here:
            self._has_new_roster = True
            self._announcer.note(self)

    def take_announcement(self) -> Announcement:
        """What the other hubs have not heard yet."""
        roster = self._gathering.call_roll() if self._has_new_roster else None
        self._has_new_roster = self._has_new_typing = False
        return Announcement(self.name, roster, tuple(self._gathering.list_typing_here()))

    def reload(self) -> None:
        """Messages were lost: read again who is elsewhere, and say again who is here."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.ensure_future(self._read_rosters())
        self.repeat_roster()

    def close(self) -> None:
        super().close()
        for waiting in (self._loading, self._expiry):
            if waiting is not None:
                waiting.cancel()

    async def _load(self) -> None:
        if self._loading is None:
            self._loading = asyncio.ensure_future(self._read_rosters())
        await asyncio.wait([self._loading], timeout=ROSTERS_WITHIN_S)

    async def _read_rosters(self) -> None:
        for kept in await self._announcer.list_rosters(self.name):
            if kept.hub_id != self._announcer.hub_id:
                self._gathering.hear_roster(kept.hub_id, kept.roster, until=self._loop.time() + kept.for_s)
        self.note_change()

    async def _find_attendee(self, connection: Connection) -> Attendee:
        while True:
            doubts = self._doubts[connection]
            attendee = await self._reads.attend(connection.caller)
            if self._doubts[connection] == doubts:
                return attendee

    def _place(self, connection: Connection, attendee: Attendee) -> None:
        caller = connection.caller
        place = _Place(str(caller.user_id) if caller.user_id else None, attendee)
        before, self._places[connection] = self._places.get(connection), place
        self._gathering.arrive(place.user_id, attendee.person, at_ms=milliseconds_now())
        if before is not None:
            self._gathering.leave(before.user_id)  # after it came: the same person stays where they were
        self._has_new_roster = True
        self.note_change()

    def _expect_expiry(self) -> None:
        due_at = self._gathering.find_next_expiry()
        if due_at is None or (self._expiry is not None and self._expiry.when() <= due_at):
            return
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = self._loop.call_at(due_at, self._meet_expiry)

    def _meet_expiry(self) -> None:
        # What was said again meanwhile did not touch the timer: the flush looks when it is due next.
        self._expiry = None
        self.note_change()
