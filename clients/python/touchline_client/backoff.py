"""Whether to come back, and after how long: doubling, capped, and jittered, so that not everybody comes at once."""

from collections.abc import Callable
from typing import Final

FIRST_DELAY_MS: Final = 400
LONGEST_DELAY_MS: Final = 15_000
DOUBLINGS_MAX: Final = 10

PROTOCOL_ABUSE: Final = 4400
SESSION_ENDED: Final = 4401
FORBIDDEN: Final = 4403
UNKNOWN_ENDPOINT: Final = 4404
CROWDED: Final = 4409
SELF_EXCLUDED: Final = 4423
FLOOD: Final = 4429
DRAINING: Final = 4503
LOST: Final = 1006  # what a connection that broke without a word is said to have closed with

# Another attempt would meet the same answer.
_FINAL_CODES: Final = frozenset({PROTOCOL_ABUSE, FORBIDDEN, UNKNOWN_ENDPOINT, SELF_EXCLUDED})
# Of a refused handshake: these say "later", all others below 500 say that the request itself is wrong.
_PASSING_STATUSES: Final = frozenset({408, 425, 429})
# The waits that the protocol asks for, where the `bye` that carries one was lost on the way.
_LEAST_WAITS_MS: Final = {CROWDED: 5_000, FLOOD: 5_000, DRAINING: 500}


def may_reconnect(code: int) -> bool:
    """Whether to come back after a close code, or after the HTTP status of a refused handshake."""
    if 400 <= code < 500:
        return code in _PASSING_STATUSES
    return code not in _FINAL_CODES


def get_least_wait_ms(code: int) -> int:
    """How long the server wants us to stay away at least."""
    return _LEAST_WAITS_MS.get(code, 0)


def make_delay_ms(attempt: int, chance: Callable[[], float]) -> float:
    """Between half of the wait of this attempt and all of it."""
    longest: float = min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** min(attempt, DOUBLINGS_MAX))
    return (1 + chance()) * longest / 2
