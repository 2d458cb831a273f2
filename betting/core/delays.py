"""How long a bet in play waits before it is judged, in milliseconds of a match that runs at its true speed.

Whoever sits in the stadium knows of a goal before the feed does; a bet that can be judged after the news has arrived
cannot profit from that. The shorter the question, the more a moment's lead is worth.
"""

from typing import Final

_BY_SPORT: Final = {"football": 5_000, "tennis": 4_000, "basketball": 4_000}
_BY_MARKET: Final = {
    ("football", "next_goal"): 8_000,
    ("tennis", "game_winner"): 6_000,
    ("basketball", "quarter_result"): 6_000,
}
DELAY_MS_OTHERWISE: Final = 5_000


def delay_ms(sport: str, market_type: str, *, share: float = 1.0) -> int:
    """The published delay. `share` is how long a match lasts here against a real one."""
    true_ms = _BY_MARKET.get((sport, market_type), _BY_SPORT.get(sport, DELAY_MS_OTHERWISE))
    return round(true_ms * share)
