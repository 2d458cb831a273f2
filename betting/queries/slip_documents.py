"""The reply about a slip that was placed just now, written as JSON text by hand.

`SlipReply` describes the same document and a test holds the two together: here it is written for every slip of the
hot path, where a model would cost more than all the rules.
"""

from collections.abc import Sequence
from datetime import datetime
from json.encoder import encode_basestring

from betting.core.bet_types import Lines
from betting.core.each_way import EachWayTerms
from betting.queries.acceptance import SelectionRow
from project.kit.money import format_milli, format_minor
from project.kit.schemas import write_instant


def write_slip(
    slip_id: str,
    *,
    bet_type: str,
    currency: str,
    stake_minor: int,
    odds_milli: int | None,
    potential_win_minor: int,
    price_policy: str,
    lines: Lines,
    is_each_way: bool,
    is_free_bet: bool,
    legs: Sequence[str],
    first: SelectionRow,
    placed_at: str,
    due_at: datetime | None,
) -> str:
    """The whole document. `legs` and `placed_at` are written already; a single is named by its `first` selection."""
    stake = format_minor(stake_minor, currency)
    odds = "null" if odds_milli is None else f'"{format_milli(odds_milli)}"'
    if bet_type == "single":
        event_id, outcome = f'"{first.market.event.id}"', encode_basestring(first.outcome)
    else:
        event_id = outcome = "null"
    status, due = ("accepted", "null") if due_at is None else ("pending_delay", f'"{write_instant(due_at)}"')
    return (
        f'{{"id":"{slip_id}","status":"{status}","bet_type":"{bet_type}","stake":"{stake}","odds":{odds},'
        f'"potential_win":"{format_minor(potential_win_minor, currency)}","payout":null,'
        f'"currency":"{currency}","placed_at":"{placed_at}","settled_at":null,'
        f'"price_policy":"{price_policy}","legs":[{",".join(legs)}],'
        f'"event_id":{event_id},"predicted_outcome":{outcome},'
        f'"line_sizes":[{",".join(map(str, lines.sizes))}],"line_count":{lines.count},'
        f'"is_each_way":{_flag(is_each_way)},"is_free_bet":{_flag(is_free_bet)},'
        f'"remaining_stake":"{stake}","cashed_out":"{format_minor(0, currency)}","cash_out_target":null,'
        f'"due_at":{due},"rejection":null}}'
    )


def write_leg(selection: SelectionRow, odds_milli: int, *, is_banker: bool) -> str:
    """A leg at its struck price."""
    market = selection.market
    return (
        f'{{"selection_id":"{selection.id}","market_id":"{market.id}","event_id":"{market.event.id}",'
        f'"event_name":{encode_basestring(market.event.name)},"market_name":{encode_basestring(market.name)},'
        f'"selection_name":{encode_basestring(selection.name)},"odds":"{format_milli(odds_milli)}",'
        f'"status":"open","result":null,"is_banker":{_flag(is_banker)},"void_halves":0,"dead_heat":null,'
        f'"deduction_percent":0,"place_terms":{_write_terms(market.facts.each_way)},"place_result":null}}'
    )


def _write_terms(terms: EachWayTerms | None) -> str:
    if terms is None:
        return "null"
    return f'{{"places":{terms.places},"fraction":"{terms.numerator}/{terms.denominator}"}}'


def _flag(value: bool) -> str:
    return "true" if value else "false"
