"""The worst that a market and an event may cost the house, from what is staked and what would be paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class MarketRisk:
    """A market's stakes, and what each of its selections that carries bets would pay. Minor units, one currency."""

    stakes_minor: int
    payouts_minor: Mapping[str, int]
    has_single_winner: bool

    def liability_minor(self, selection: str) -> int:
        """What the house loses if the selection wins; negative is a gain."""
        return self.payouts_minor.get(selection, 0) - self.stakes_minor

    @property
    def worst_minor(self) -> int:
        """The largest loss. Where several selections win together it is a bound: as if all of them did."""
        paid = [payout for payout in self.payouts_minor.values() if payout > 0]
        worst_paid = (max(paid, default=0)) if self.has_single_winner else sum(paid)
        return worst_paid - self.stakes_minor


def worst_of_event_minor(markets: Sequence[MarketRisk]) -> int:
    """A bound for the event: each of its markets at its worst, markets that can only gain left out."""
    return sum(max(0, market.worst_minor) for market in markets)
