"""The machine's pools: tickets of people, and what each gets by today's outcomes."""

from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

from tests.betting.engine_markets import ModelMarket, ModelSelection

TAKEOUT = Fraction(1, 10)  # of the pools that the tests open


@dataclass
class ModelPool:
    """A pool of tickets (person, selection, stake) and what each was paid."""

    id: UUID
    market: ModelMarket
    tickets: list[tuple[int, ModelSelection, int]] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)
    refunded: list[bool] = field(default_factory=list)
    status: str = "open"

    def divide(self) -> list[int]:
        """What each ticket gets by today's outcomes."""
        outcomes = [(selection, stake) for _, selection, stake in self.tickets if not _is_scratched(selection)]
        gross = sum(stake for _, stake in outcomes)
        on: dict[UUID, int] = {}
        for selection, stake in outcomes:
            if selection.outcome and selection.outcome.result == "won":
                on[selection.id] = on.get(selection.id, 0) + stake
        self.refunded = [not on or _is_scratched(selection) for _, selection, _ in self.tickets]
        if not on:
            return [stake for _, _, stake in self.tickets]
        net = gross - int(gross * TAKEOUT)
        payouts = []
        for _, selection, stake in self.tickets:
            if _is_scratched(selection):
                payouts.append(stake)
            elif selection.id in on:
                payouts.append(int(stake * max(Fraction(net, len(on) * on[selection.id]), Fraction(1))))
            else:
                payouts.append(0)
        return payouts


def _is_scratched(selection: ModelSelection) -> bool:
    return selection.outcome is not None and selection.outcome.result == "void"
