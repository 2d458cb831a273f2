"""What can be known of one event at one instant. A strategy sees these values and nothing else.

Every number is an integer in millionths or thousandths, so the same feed gives the same decisions on any machine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

MILLION: Final = 1_000_000
SideState = Literal["leading", "level", "trailing", "none"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One selection on offer. Chances are in millionths; None is what nobody knew at that instant.

    `opening_odds_milli` is the first price there was, `outside_odds_milli` the best of the outside sources.
    """

    selection_id: str
    market_key: str
    market_type: str
    outcome: str
    line_millionths: int | None
    odds_milli: int
    opening_odds_milli: int
    market_millionths: int | None
    model_millionths: int | None
    outside_odds_milli: int | None


@dataclass(frozen=True, slots=True)
class Tick:
    """One event at one instant: its state, and every selection on offer. `is_stopped`: nobody could bet then."""

    event_id: str
    at: datetime
    sport: str
    phase: str
    minute: int
    minutes_to_start: int
    home_score: int
    away_score: int
    home_reds: int
    away_reds: int
    is_stopped: bool
    offers: tuple[Offer, ...]


def expected_value(offer: Offer) -> int | None:
    """What a unit is expected to gain by the model's chance, in millionths."""
    if offer.model_millionths is None:
        return None
    return offer.model_millionths * offer.odds_milli // 1_000 - MILLION


def _edge(offer: Offer) -> int | None:
    if offer.model_millionths is None or offer.market_millionths is None:
        return None
    return offer.model_millionths - offer.market_millionths


def _over(part: int, whole: int | None) -> int | None:
    return None if whole is None else part * MILLION // whole - MILLION


def side_state(tick: Tick, offer: Offer) -> SideState:
    """How the side stands that the selection names; `none` for one that names no side."""
    if offer.outcome not in ("home", "away"):
        return "none"
    lead = tick.home_score - tick.away_score
    if offer.outcome == "away":
        lead = -lead
    return "leading" if lead > 0 else "trailing" if lead < 0 else "level"


def _whole(number: int) -> int:
    return number * MILLION


# Numbers in millionths, whatever their unit: minutes and goals too.
NUMBERS: Final[Mapping[str, Callable[[Tick, Offer], int | None]]] = {
    "minute": lambda tick, _: _whole(tick.minute),
    "minutes_to_start": lambda tick, _: _whole(tick.minutes_to_start),
    "home_score": lambda tick, _: _whole(tick.home_score),
    "away_score": lambda tick, _: _whole(tick.away_score),
    "total_score": lambda tick, _: _whole(tick.home_score + tick.away_score),
    "score_difference": lambda tick, _: _whole(tick.home_score - tick.away_score),
    "home_reds": lambda tick, _: _whole(tick.home_reds),
    "away_reds": lambda tick, _: _whole(tick.away_reds),
    "odds": lambda _, offer: offer.odds_milli * 1_000,
    "opening_odds": lambda _, offer: offer.opening_odds_milli * 1_000,
    "outside_odds": lambda _, offer: None if offer.outside_odds_milli is None else offer.outside_odds_milli * 1_000,
    "price_move": lambda _, offer: _over(offer.odds_milli, offer.opening_odds_milli),
    "outside_gap": lambda _, offer: _over(offer.odds_milli, offer.outside_odds_milli),
    "implied_probability": lambda _, offer: 1_000 * MILLION // offer.odds_milli,
    "market_probability": lambda _, offer: offer.market_millionths,
    "model_probability": lambda _, offer: offer.model_millionths,
    "edge": lambda _, offer: _edge(offer),
    "expected_value": lambda _, offer: expected_value(offer),
    "line": lambda _, offer: offer.line_millionths,
}
TEXTS: Final[Mapping[str, Callable[[Tick, Offer], str]]] = {
    "sport": lambda tick, _: tick.sport,
    "phase": lambda tick, _: tick.phase,
    "market": lambda _, offer: offer.market_key,
    "market_type": lambda _, offer: offer.market_type,
    "outcome": lambda _, offer: offer.outcome,
    "side_state": side_state,
}
