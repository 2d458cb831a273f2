"""Which prices of a book have to move: the difference between what is on offer and what the model says now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from betting.core.catalogue import MarketKind, kind_of
from betting.core.grading import grade_market, is_decided
from betting.core.limits import find_limits
from betting.core.pressure import find_targets, step_towards
from betting.core.pricing import price_outcomes
from sports.core.score_facts import ScoreFacts

# Statuses in which a price may still move; a desk's stop does not stop the price behind it.
PRICED_STATUSES = frozenset({"active", "suspended"})
# Chances are sums of many: nearer than this to 0 or 1 is what cannot happen or has to.
ROUNDING: Final = 1e-9

Chances = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class PricedSelection:
    """A selection as it stands in the book; a price that the desk holds is `held_odds_milli`. One that has a result
    `is_settled`, though its market may go on without it."""

    selection_id: UUID
    outcome: str
    name: str
    odds_milli: int | None
    held_odds_milli: int | None = None
    pressure: float = 0.0
    is_settled: bool = False


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
class Stakes:
    """What was staked on one selection in one currency, and what that pays if it wins. Minor units."""

    currency: str
    stake_minor: int
    payout_minor: int


Exposures = Mapping[UUID, Sequence[Stakes]]


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
    """Everything one repricing changes. `pressures` are the new ones by selection, whether or not its price moved."""

    moves: tuple[Move, ...]
    decided_market_ids: tuple[UUID, ...]
    pressures: Mapping[UUID, float]


def find_moves(
    markets: Sequence[PricedMarket], chances: Chances, facts: ScoreFacts, exposures: Exposures | None = None
) -> BookMoves:
    """Only selections whose price differs; a market that play has decided ends its offers."""
    moves: list[Move] = []
    decided: list[UUID] = []
    pressures: dict[UUID, float] = {}
    for market in markets:
        if market.status not in PRICED_STATUSES:
            continue
        kind = kind_of(facts.sport, market.market_type)
        if is_decided(market.market_type, market.specifiers, facts):
            decided.append(market.market_id)
            moves.extend(_end_offers(market, kind, facts))
            continue
        pressed = _find_pressures(market, kind, facts.sport, exposures or {})
        pressures.update(
            {
                one.selection_id: pressed[one.outcome]
                for one in market.selections
                if pressed.get(one.outcome, one.pressure) != one.pressure
            }
        )
        moves.extend(_find_market_moves(market, kind, chances.get(market.key, {}), pressed))
    return BookMoves(tuple(moves), tuple(decided), pressures)


def _find_pressures(market: PricedMarket, kind: MarketKind, sport: str, exposures: Exposures) -> Mapping[str, float]:
    """By outcome; empty where nobody has staked on the market and nothing is left of what was."""
    selections = market.selections
    if not kind.pressure or not any(one.pressure or one.selection_id in exposures for one in selections):
        return {}
    staked = [exposures.get(one.selection_id, ()) for one in selections]
    shares = [0.0] * len(selections)
    for currency in sorted({stakes.currency for stakes_of in staked for stakes in stakes_of}):
        limits = find_limits(currency, sport, market.market_type)
        if limits is None:
            continue
        of_currency = [[stakes for stakes in stakes_of if stakes.currency == currency] for stakes_of in staked]
        taken = sum(stakes.stake_minor for stakes_of in of_currency for stakes in stakes_of)
        for place, stakes_of in enumerate(of_currency):
            owed = sum(stakes.payout_minor for stakes in stakes_of)
            shares[place] += (owed - taken) / limits.liability_minor_max
    pressures = step_towards([one.pressure for one in selections], find_targets(shares, kind.pressure))
    return {one.outcome: pressure for one, pressure in zip(selections, pressures, strict=True)}


def _find_market_moves(
    market: PricedMarket, kind: MarketKind, probabilities: Mapping[str, float], pressures: Mapping[str, float]
) -> list[Move]:
    prices = price_outcomes(probabilities, kind.overround, pressures)
    moves = []
    for selection in market.selections:
        probability = probabilities.get(selection.outcome, 0.0)
        odds_milli = _offered(selection, prices.get(selection.outcome), probability)
        if odds_milli != selection.odds_milli:
            moves.append(
                Move(
                    selection.selection_id,
                    market.market_id,
                    selection.outcome,
                    odds_milli,
                    probability,
                    kind.is_charted,
                )
            )
    return moves


def _offered(selection: PricedSelection, odds_milli: int | None, probability: float) -> int | None:
    """A held price stays whatever the model says, as long as a bet can win and can lose."""
    if selection.is_settled:
        return None
    if selection.held_odds_milli is None:
        return odds_milli
    return selection.held_odds_milli if ROUNDING < probability < 1.0 - ROUNDING else None


def _end_offers(market: PricedMarket, kind: MarketKind, facts: ScoreFacts) -> list[Move]:
    grades = grade_market(market.market_type, market.specifiers, [s.outcome for s in market.selections], facts)
    return [
        Move(
            selection.selection_id,
            market.market_id,
            selection.outcome,
            None,
            1.0 if grades[selection.outcome].result == "won" else 0.0,
            kind.is_charted,
        )
        for selection in market.selections
        if selection.odds_milli is not None
    ]
