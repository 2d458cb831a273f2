"""How long a match may be silent before no price on it can be relied on."""

from typing import Final

# Without news for this many match minutes, and never for less than so many seconds, a match in play takes no bets.
SILENCE_MINUTES: Final = 5
SILENCE_S_MIN: Final = 30.0
MATCH_MINUTES: Final = 105
# Nothing is reported through a break of 15 minutes; a feed that is silent for longer has died.
BREAK_FACTOR: Final = 4

_PLAYING: Final = frozenset({"first_half", "second_half", "playing"})
_BREAKS: Final = frozenset({"half_time", "break"})


def silence_s_max(phase: str, *, match_seconds: float) -> float | None:
    """The longest silence in a phase when a match lasts so many seconds; None where no news is due."""
    playing_s = max(SILENCE_S_MIN, SILENCE_MINUTES * match_seconds / MATCH_MINUTES)
    if phase in _PLAYING:
        return playing_s
    return playing_s * BREAK_FACTOR if phase in _BREAKS else None
