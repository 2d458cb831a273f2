"""How long a bet in play waits before it is judged, in milliseconds of a match that runs at its true speed.

Whoever sits in the stadium knows of a goal before the feed does; a bet that can be judged after the news has arrived
cannot profit from that. The shorter the question, the more a moment's lead is worth. The catalogue holds the numbers.
"""

from typing import Final

from betting.core.catalogue import find_kind

DELAY_MS_OTHERWISE: Final = 5_000


def delay_ms(sport: str, market_type: str, *, share: float = 1.0) -> int:
    """The published delay. `share` is how long a match lasts here against a real one."""
    kind = find_kind(sport, market_type)
    return round((DELAY_MS_OTHERWISE if kind is None else kind.delay_ms) * share)
