"""Which prices of a book have to move: the difference between what is on offer and what the grid says now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from betting.core.catalogue import KINDS
from betting.core.grading import Score, grade_market, is_decided
from betting.core.pricing import price_outcomes

# Statuses in which a price may still move; a desk's stop does not stop the price behind it.
PRICED_STATUSES = frozenset({"active", "suspended"})

Grid = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class PricedSelection:
    """A selection as it stands in the book."""

    selection_id: UUID
    outcome: str
    name: str
    odds_milli: int | None


@dataclass(frozen=True)
class PricedMarket:
    """A market as it stands in the book."""

    market_id: UUID
    key: str
    market_type: str
    specifiers: Mapping[str, str]
    status: str
    selections: Sequence[PricedSelection]


@dataclass(frozen=True)
class Move:
    """The new price of one selection; None ends the offer."""

    selection_id: UUID
    market_id: UUID
    outcome: str
    odds_milli: int | None
    probability: float
    is_charted: bool


@dataclass(frozen=True)
class BookMoves:
    """Everything one repricing changes."""

    moves: tuple[Move, ...]
    decided_market_ids: tuple[UUID, ...]


def find_moves(markets: Sequence[PricedMarket], grid: Grid, score: Score) -> BookMoves:
    """Only selections whose price differs; a market that the score has decided ends its offers."""
    moves: list[Move] = []
    decided: list[UUID] = []
    for market in markets:
        if market.status not in PRICED_STATUSES:
            continue
        if is_decided(market.market_type, market.specifiers, score):
            decided.append(market.market_id)
            moves.extend(_end_offers(market, score))
        else:
            moves.extend(_find_market_moves(market, grid.get(market.key, {})))
    return BookMoves(tuple(moves), tuple(decided))


def _find_market_moves(market: PricedMarket, probabilities: Mapping[str, float]) -> list[Move]:
    kind = KINDS[market.market_type]
    prices = price_outcomes(probabilities, kind.overround)
    return [
        Move(
            selection.selection_id,
            market.market_id,
            selection.outcome,
            prices.get(selection.outcome),
            probabilities.get(selection.outcome, 0.0),
            kind.is_charted,
        )
        for selection in market.selections
        if prices.get(selection.outcome) != selection.odds_milli
    ]


def _end_offers(market: PricedMarket, score: Score) -> list[Move]:
    grades = grade_market(market.market_type, market.specifiers, [s.outcome for s in market.selections], score)
    is_charted = KINDS[market.market_type].is_charted
    return [
        Move(
            selection.selection_id,
            market.market_id,
            selection.outcome,
            None,
            1.0 if grades[selection.outcome].result == "won" else 0.0,
            is_charted,
        )
        for selection in market.selections
        if selection.odds_milli is not None
    ]
