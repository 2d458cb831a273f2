"""Why the server closes a socket, and what the client may do next. daphne can send 1000 and 3000-4999 only."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Closing:
    """One close code. The client waits between `retry_ms` and twice that before it comes back, if it may."""

    code: int
    name: str
    should_reconnect: bool
    retry_ms: int
    meaning: str


PROTOCOL_ABUSE: Final = Closing(4400, "protocol_abuse", False, 0, "Ten bad frames in a row, or no hello in time")
SESSION_ENDED: Final = Closing(4401, "session_ended", True, 200, "You logged out, or your session was ended")
FORBIDDEN: Final = Closing(4403, "forbidden", False, 0, "This address or account may not open another socket")
UNKNOWN_ENDPOINT: Final = Closing(4404, "unknown_endpoint", False, 0, "There is no socket at this path")
TOO_SLOW: Final = Closing(4408, "too_slow", True, 1_000, "You read slower than the stream; come back and resume")
CROWDED: Final = Closing(4409, "crowded", True, 5_000, "Too many sockets at several servers; try again soon")
TOO_LARGE: Final = Closing(4413, "too_large", True, 1_000, "A frame passed the size limit")
SELF_EXCLUDED: Final = Closing(4423, "self_excluded", False, 0, "This account is self-excluded")
FLOOD: Final = Closing(4429, "flood", True, 5_000, "Frames kept coming above the rate limit")
DRAINING: Final = Closing(4503, "draining", True, 500, "This server is going away; another one answers")

ALL_CLOSINGS: Final = (
    PROTOCOL_ABUSE,
    SESSION_ENDED,
    FORBIDDEN,
    UNKNOWN_ENDPOINT,
    TOO_SLOW,
    CROWDED,
    TOO_LARGE,
    SELF_EXCLUDED,
    FLOOD,
    DRAINING,
)

_BY_CODE: Final = {closing.code: closing for closing in ALL_CLOSINGS}


def find_closing(code: int) -> Closing | None:
    """The rule of one close code."""
    return _BY_CODE.get(code)
