"""Orders to close somebody's sockets, remembered for as long as a socket may take to find out whose it is.

Without it a socket that was looked up just before its session ended, and is known just after, would stay open.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from project.kit.bus import session_digest
from project.kit.callers import Caller
from realtime.core.closing import Closing

REMEMBERED_FOR_S: Final = 60.0  # a look-up that takes longer has met other limits


@dataclass(frozen=True, slots=True)
class _Cut:
    at: float
    user_id: UUID
    session: str
    closing: Closing


class Cuts:
    """The orders of the last minute. The caller brings the clock."""

    def __init__(self) -> None:
        self._cuts: deque[_Cut] = deque()

    def note(self, user_id: UUID, session: str, closing: Closing, *, at: float) -> None:
        """An order came: for all sockets of the person, or for those of one session by its digest."""
        while self._cuts and self._cuts[0].at < at - REMEMBERED_FOR_S:
            self._cuts.popleft()
        self._cuts.append(_Cut(at, user_id, session, closing))

    def find_for(self, caller: Caller, *, since: float) -> Closing | None:
        """The order that came for this caller after they began to be looked up, or None."""
        digest = session_digest(caller.session_key) if caller.session_key else ""
        for cut in reversed(self._cuts):
            if cut.at < since:
                return None
            if cut.user_id == caller.user_id and cut.session in ("", digest):
                return cut.closing
        return None
