"""The machine's pools: tickets of people, and what each gets by today's outcomes."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from tests.betting.engine_markets import ModelMarket, ModelSelection

TAKEOUT = Fraction(1, 10)  # of the pools that the tests open


@dataclass
class ModelPool:
    """A pool of tickets (person, selection, stake), when each was bought and what it was paid. `known` are the versions
    of its market, added up, that it was last divided by."""

    id: UUID
    market: ModelMarket
    tickets: list[tuple[int, ModelSelection, int]] = field(default_factory=list)
    bought: list[datetime] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)
    refunded: list[bool] = field(default_factory=list)
    status: str = "open"
    known: int = 0

    @property
    def versions(self) -> int:
        return sum(selection.version for selection in self.market.selections)

    @property
    def is_decided(self) -> bool:
        """Every selection has its outcome, or the market is void as a whole."""
        is_void = self.market.windows.get((None, None), (False, 0))[0]
        return is_void or all(selection.outcome for selection in self.market.selections)

    def divide(self) -> list[int]:
        """What each ticket gets by today's outcomes; as long as the market is open, void ones their stake."""
        void = [self.market.is_cancelled(bought) for bought in self.bought]
        back = [
            is_void or (self.is_decided and _is_scratched(selection))
            for is_void, (_, selection, _) in zip(void, self.tickets, strict=True)
        ]
        left = [(one, stake) for is_back, (_, one, stake) in zip(back, self.tickets, strict=True) if not is_back]
        on: dict[UUID, int] = {}
        for selection, stake in left:
            if selection.outcome and selection.outcome.result == "won":
                on[selection.id] = on.get(selection.id, 0) + stake
        if not self.is_decided:
            on = {}
        elif not on:
            back = [True] * len(back)
        self.refunded = back
        gross = sum(stake for _, stake in left)
        net = gross - int(gross * TAKEOUT)
        payouts = []
        for is_back, (_, selection, stake) in zip(back, self.tickets, strict=True):
            if is_back:
                payouts.append(stake)
            elif selection.id in on:
                payouts.append(int(stake * max(Fraction(net, len(on) * on[selection.id]), Fraction(1))))
            else:
                payouts.append(0)
        return payouts


def _is_scratched(selection: ModelSelection) -> bool:
    return selection.outcome is not None and selection.outcome.result == "void"
