"""The reply about a slip that was placed just now, written as JSON text by hand.

`SlipReply` describes the same document and a test holds the two together: here it is written for every slip of the
hot path, where a model would cost more than all the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring

from betting.core.slip_facts import PlaceOdds
from betting.queries.acceptance import SelectionRow
from project.kit.money import format_milli, format_minor
from project.kit.schemas import write_instant


@dataclass(frozen=True, slots=True)
class LegDocument:
    """A leg at its struck price."""

    selection: SelectionRow
    odds_milli: int
    is_banker: bool


@dataclass(frozen=True, slots=True)
class SlipDocument:
    """A slip as it was written."""

    slip_id: str
    bet_type: str
    currency: str
    stake_minor: int
    odds_milli: int | None
    potential_win_minor: int
    price_policy: str
    line_sizes: Sequence[int]
    line_count: int
    is_each_way: bool
    is_free_bet: bool
    legs: Sequence[LegDocument]


def write_slip(slip: SlipDocument, *, placed_at: str, due_at: datetime | None) -> str:
    """The whole document. `placed_at` is written already, because a batch has but one."""
    stake = format_minor(slip.stake_minor, slip.currency)
    odds = "null" if slip.odds_milli is None else f'"{format_milli(slip.odds_milli)}"'
    is_single = slip.bet_type == "single"
    event_id = f'"{slip.legs[0].selection.market.event.id}"' if is_single else "null"
    outcome = encode_basestring(slip.legs[0].selection.outcome) if is_single else "null"
    due = "null" if due_at is None else f'"{write_instant(due_at)}"'
    return (
        f'{{"id":"{slip.slip_id}","status":"{"accepted" if due_at is None else "pending_delay"}",'
        f'"bet_type":"{slip.bet_type}","stake":"{stake}","odds":{odds},'
        f'"potential_win":"{format_minor(slip.potential_win_minor, slip.currency)}","payout":null,'
        f'"currency":"{slip.currency}","placed_at":"{placed_at}","settled_at":null,'
        f'"price_policy":"{slip.price_policy}","legs":[{",".join([_write_leg(leg) for leg in slip.legs])}],'
        f'"event_id":{event_id},"predicted_outcome":{outcome},'
        f'"line_sizes":[{",".join(map(str, slip.line_sizes))}],"line_count":{slip.line_count},'
        f'"is_each_way":{_flag(slip.is_each_way)},"is_free_bet":{_flag(slip.is_free_bet)},'
        f'"remaining_stake":"{stake}","cashed_out":"{format_minor(0, slip.currency)}","cash_out_target":null,'
        f'"due_at":{due},"rejection":null}}'
    )


def _write_leg(leg: LegDocument) -> str:
    selection = leg.selection
    market = selection.market
    return (
        f'{{"selection_id":"{selection.id}","market_id":"{market.id}","event_id":"{market.event.id}",'
        f'"event_name":{encode_basestring(market.event.name)},"market_name":{encode_basestring(market.name)},'
        f'"selection_name":{encode_basestring(selection.name)},"odds":"{format_milli(leg.odds_milli)}",'
        f'"status":"open","result":null,"is_banker":{_flag(leg.is_banker)},"void_halves":0,"dead_heat":null,'
        f'"deduction_percent":0,"place_terms":{_write_terms(market.facts.place_odds)},"place_result":null}}'
    )


def _write_terms(terms: PlaceOdds | None) -> str:
    if terms is None:
        return "null"
    return f'{{"places":{terms.places},"fraction":"{terms.numerator}/{terms.denominator}"}}'


def _flag(value: bool) -> str:
    return "true" if value else "false"
