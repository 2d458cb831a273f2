"""What acceptance decides by: a slip's terms, what is true of its legs, and what is at risk on their markets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from betting.core.bet_types import Lines
from betting.core.each_way import EachWayTerms

PricePolicy = Literal["none", "better", "any"]


@dataclass(slots=True)
class EventFacts:
    """What the slip must know of the match, read after the locks were taken. Never changed once made.

    `stopped_at_large` is why no bet on its sport is taken, or empty. `stops` counts every stop of betting on it so
    far: the match's, the desk's and those at large.
    """

    event_id: UUID
    sport: str
    status: str
    phase: str
    start_time: datetime
    is_betting_stopped: bool
    stop_reason: str
    state_version: int
    incident_seq: int
    priced_state_version: int
    priced_incident_seq: int
    feed_age_s: float
    feed_age_s_max: float
    is_suspended: bool = False
    stopped_at_large: str = ""
    stops: int = 0

    @property
    def is_in_play(self) -> bool:
        return self.phase not in ("scheduled", "completed")


@dataclass(slots=True)
class MarketFacts:
    """A market after the locks were taken; `place_margin` is what the place odds of its `each_way` terms leave the
    house. Never changed once made."""

    market_id: UUID
    sport: str
    market_type: str
    status: str
    stops: int = 0
    each_way: EachWayTerms | None = None
    place_margin: float = 0.0


@dataclass(slots=True)
class LegFacts:
    """One leg: what the client saw and what is true now. `delay_ms` is what a bet on it waits in play."""

    selection_id: str
    event: EventFacts
    market: MarketFacts
    seen_odds_milli: int
    current_odds_milli: int | None
    price_policy: PricePolicy
    is_banker: bool = False
    is_settled: bool = False
    delay_ms: int = 0


@dataclass(slots=True)
class SlipTerms:
    """The bet itself. `stake_step` is what the stake is a multiple of: the number of lines where a line was named.
    Never changed once made."""

    stake_minor: int
    lines: Lines
    is_each_way: bool = False
    is_free_bet: bool = False
    stake_step: int = 1


@dataclass(slots=True)
class Exposure:
    """What is staked on a market, what would be paid if this selection won, and if the worst of the others did."""

    stakes_minor: int = 0
    payouts_minor: int = 0
    rival_payouts_minor: int = 0


@dataclass(frozen=True, slots=True)
class FreeBetFacts:
    """A token as it stands, or why it cannot be used: used, expired, withdrawn."""

    amount_minor: int
    unusable: str = ""


@dataclass(slots=True)
class Funds:
    """What may be spent: the wallet's balance, or the free bet that pays instead. Never changed once made."""

    available_minor: int
    free_bet: FreeBetFacts | None = None


Legs = Sequence[LegFacts]
