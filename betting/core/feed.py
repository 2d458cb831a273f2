"""How long a match may be silent, and how far its prices may trail it, before none can be relied on."""

from typing import Final

# Without news for this many match minutes, and never for less than so many seconds, a match in play takes no bets.
SILENCE_MINUTES: Final = 5
SILENCE_S_MIN: Final = 30.0
MATCH_MINUTES: Final = 105
# Prices may trail the match clock by this many ticks before they count as stale; an incident makes them stale at once.
STATE_VERSIONS_BEHIND_MAX: Final = 3
# Nothing is reported through a break of 15 minutes; a feed that is silent for longer has died.
BREAK_FACTOR: Final = 4

_PLAYING: Final = frozenset({"first_half", "second_half", "playing"})
_BREAKS: Final = frozenset({"half_time", "break"})


def playing_silence_s(match_seconds: float) -> float:
    """The longest silence while the ball is in play, when a match lasts so many seconds."""
    return max(SILENCE_S_MIN, SILENCE_MINUTES * match_seconds / MATCH_MINUTES)


def silence_s_max(phase: str, *, playing_s: float) -> float | None:
    """The longest silence in a phase, from that in play; None where no news is due."""
    if phase in _PLAYING:
        return playing_s
    return playing_s * BREAK_FACTOR if phase in _BREAKS else None
