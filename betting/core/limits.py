"""How much may be staked and won, per currency, sport and market type; a currency without limits takes no bets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from betting.core.catalogue import kind_of


@dataclass(slots=True)
class StakeLimits:
    """Bounds of one slip and of one market, in minor units. Never changed once made.

    `liability_by_leg` are the liabilities of the markets of a slip with several legs.
    """

    stake_minor_min: int
    stake_minor_max: int
    payout_minor_max: int
    liability_minor_max: int
    liability_by_leg: Sequence[int] = ()


# Practice funds only: real money is off until its checks exist. New people start with 1,000.00.
LIMITS: Final = {
    "PLY": StakeLimits(
        stake_minor_min=10,
        stake_minor_max=50_000,
        payout_minor_max=5_000_000,
        liability_minor_max=20_000_000,
    )
}


def find_limits(currency: str, sport: str, market_type: str) -> StakeLimits | None:
    """The limits of a market type in a sport, or None where the currency takes no bets."""
    limits = LIMITS.get(currency)
    if limits is None:
        return None
    kind = kind_of(sport, market_type)
    return StakeLimits(
        limits.stake_minor_min,
        limits.stake_minor_max * kind.stake_percent // 100,
        limits.payout_minor_max,
        limits.liability_minor_max * kind.liability_percent // 100,
    )
