"""Totalisator pools: who shares what is left of a pool after scratchings and takeout. Exact, one floor per ticket.

The single-price pool of the model rules of racing commissions: gross = stakes - refunds of void tickets and of
scratched entries; the takeout is a share of the gross; what is left is divided by the stake on the winner. In a dead
heat the net pool is divided equally among the tied selections that somebody backed, and each part by the stake on its
selection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

TicketOutcome = Literal["won", "lost", "refunded", "open"]
PoolOutcome = Literal["paid", "refunded", "open"]

DIVIDEND_MIN = Fraction(1)  # a winner never gets back less than the stake; the house tops up what the pool lacks
BASIS_POINTS = 10_000
# Markets of which exactly one selection wins, ties aside: only those can be shared out.
POOL_MARKET_TYPES = frozenset(
    {
        "1x2",
        "both_to_score",
        "correct_score",
        "half_time_full_time",
        "half_result",
        "match_winner",
        "set_score",
        "quarter_result",
        "outright_winner",
    }
)


@dataclass(frozen=True)
class PoolTicket:
    """One stake on one selection, in minor units. A void one never was in the pool."""

    ticket_id: str
    selection: str
    stake_minor: int
    is_void: bool = False


@dataclass(frozen=True)
class PoolResult:
    """What became of the field: `winners` are tied when there are several, `scratched` took no part."""

    winners: frozenset[str]
    scratched: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TicketPayout:
    """What one ticket gets back; a lost one gets nothing."""

    ticket_id: str
    outcome: TicketOutcome
    payout_minor: int


@dataclass(frozen=True)
class PoolSettlement:
    """A pool divided. `gross = takeout + breakage + payouts of winners - top_up`, to the minor unit.

    `dividends` are what one unit of stake on a winner gets, exact and never below 1. `takeout`, `breakage` and `top_up`
    are 0 where everybody is refunded.
    """

    outcome: PoolOutcome
    gross_minor: int
    takeout_minor: int
    breakage_minor: int
    top_up_minor: int
    dividends: Mapping[str, Fraction]
    tickets: tuple[TicketPayout, ...]


def settle_pool(
    tickets: Sequence[PoolTicket],
    result: PoolResult | None,
    *,
    takeout_basis_points: int,
    dividend_min: Fraction = DIVIDEND_MIN,
) -> PoolSettlement:
    """Divide a pool. Nobody on a winner, or no winner at all: every stake goes back whole, without takeout.

    While there is no result only void tickets get theirs back, and the others are open.
    """
    if result is None:
        return _leave_open(tickets)
    running = [ticket for ticket in tickets if not ticket.is_void and ticket.selection not in result.scratched]
    gross_minor = sum(ticket.stake_minor for ticket in running)
    stakes = _stakes_by_selection(running)
    backed = sorted(winner for winner in result.winners - result.scratched if stakes.get(winner))
    if not backed:
        refunds = tuple(TicketPayout(ticket.ticket_id, "refunded", ticket.stake_minor) for ticket in tickets)
        return PoolSettlement("refunded", gross_minor, 0, 0, 0, {}, refunds)

    takeout_minor = gross_minor * takeout_basis_points // BASIS_POINTS
    net_minor = gross_minor - takeout_minor
    dividends = {winner: max(Fraction(net_minor, len(backed) * stakes[winner]), dividend_min) for winner in backed}
    payouts = tuple(_pay(ticket, result, dividends) for ticket in tickets)
    paid_minor = sum(payout.payout_minor for payout in payouts if payout.outcome == "won")
    return PoolSettlement(
        "paid",
        gross_minor,
        takeout_minor,
        max(0, net_minor - paid_minor),
        max(0, paid_minor - net_minor),
        dividends,
        payouts,
    )


def _leave_open(tickets: Sequence[PoolTicket]) -> PoolSettlement:
    gross_minor = sum(ticket.stake_minor for ticket in tickets if not ticket.is_void)
    payouts = tuple(
        TicketPayout(ticket.ticket_id, "refunded", ticket.stake_minor)
        if ticket.is_void
        else TicketPayout(ticket.ticket_id, "open", 0)
        for ticket in tickets
    )
    return PoolSettlement("open", gross_minor, 0, 0, 0, {}, payouts)


def approximate_dividend(
    *,
    gross_minor: int,
    stake_minor: int,
    takeout_basis_points: int,
    tied: int = 1,
    dividend_min: Fraction = DIVIDEND_MIN,
) -> Fraction | None:
    """What a unit on a selection gets if it wins with so many backed winners, itself among them; None while nobody
    backs it. The gross is without what was staked on scratched selections."""
    if stake_minor <= 0:
        return None
    net_minor = gross_minor - gross_minor * takeout_basis_points // BASIS_POINTS
    return max(Fraction(net_minor, tied * stake_minor), dividend_min)


def _stakes_by_selection(tickets: Sequence[PoolTicket]) -> dict[str, int]:
    stakes: dict[str, int] = {}
    for ticket in tickets:
        stakes[ticket.selection] = stakes.get(ticket.selection, 0) + ticket.stake_minor
    return stakes


def _pay(ticket: PoolTicket, result: PoolResult, dividends: Mapping[str, Fraction]) -> TicketPayout:
    if ticket.is_void or ticket.selection in result.scratched:
        return TicketPayout(ticket.ticket_id, "refunded", ticket.stake_minor)
    dividend = dividends.get(ticket.selection)
    if dividend is None:
        return TicketPayout(ticket.ticket_id, "lost", 0)
    exact = ticket.stake_minor * dividend
    return TicketPayout(ticket.ticket_id, "won", exact.numerator // exact.denominator)
