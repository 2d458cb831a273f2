"""What other bookmakers pay, outcome by outcome beside our own price."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from uuid import UUID

from betting.core.catalogue import find_kind, market_name, market_sort, selection_name
from betting.models import Selection
from betting.queries.markets import format_odds
from betting.schemas.market_rules import OutsideMarket, OutsideOddsReply, OutsideOutcome, OutsidePrice
from project.kit import clock
from project.kit.money import format_milli
from sports.core.market_keys import parse_market_key
from sports.core.outside_odds import PREMATCH_SOURCE
from sports.queries.odds import OutsideOdds, list_outside_odds
from sports.queries.scoreboards import get_live_state, get_participant_names

Ours = Mapping[tuple[str, str], Selection]


def get_outside_odds(event_id: UUID) -> OutsideOddsReply:
    """Every price of every source, in the order of our markets; markets that we do not sell come last."""
    rows = list_outside_odds(event_id)
    if not rows:
        return OutsideOddsReply(event_id=event_id, markets=[])
    state = get_live_state(event_id)
    # Nobody pays a price of before the start any more.
    over = frozenset() if state.phase == "scheduled" else frozenset({PREMATCH_SOURCE})
    ours = _our_selections(event_id)
    names = get_participant_names(event_id)
    keys = sorted({row.market_key for row in rows}, key=lambda key: _place(state.sport, key))
    return OutsideOddsReply(
        event_id=event_id,
        markets=[
            _describe_market(state.sport, key, [row for row in rows if row.market_key == key], ours, names, over)
            for key in keys
        ],
    )


def _our_selections(event_id: UUID) -> Ours:
    selections = Selection.objects.filter(market__event_id=event_id).select_related("market")
    return {(one.market.key, one.outcome): one for one in selections.order_by("market__sort", "sort")}


def _place(sport: str, key_text: str) -> tuple[bool, int, str]:
    key = parse_market_key(key_text)
    kind = find_kind(sport, key.market_type)
    return (kind is None, market_sort(kind, key) if kind else 0, key_text)


def _describe_market(
    sport: str, key_text: str, rows: list[OutsideOdds], ours: Ours, names: Mapping[str, str], over: Set[str]
) -> OutsideMarket:
    key = parse_market_key(key_text)
    kind = find_kind(sport, key.market_type)
    ours_here = {outcome: one for (ours_key, outcome), one in ours.items() if ours_key == key_text}
    order = [*ours_here, *key.outcomes, *(row.outcome for row in rows)]
    quoted = {row.outcome for row in rows}
    now = clock.now()
    return OutsideMarket(
        key=key_text,
        name=market_name(kind, key) if kind else key_text,
        market_id=next((one.market_id for one in ours_here.values()), None),
        outcomes=[
            _describe_outcome(
                outcome,
                ours_here[outcome].name if outcome in ours_here else selection_name(key, outcome, names),
                ours_here.get(outcome),
                [row for row in rows if row.outcome == outcome],
                over,
                now,
            )
            for outcome in dict.fromkeys(order)
            if outcome in quoted
        ],
    )


def _describe_outcome(
    outcome: str, name: str, our: Selection | None, rows: Iterable[OutsideOdds], over: Set[str], now: datetime
) -> OutsideOutcome:
    listed = sorted(rows, key=lambda row: (-row.odds_milli, row.source))
    our_milli = our.odds_milli if our else None
    best_milli = max([our_milli or 0, *(row.odds_milli for row in listed if row.source not in over)])
    return OutsideOutcome(
        outcome=outcome,
        name=name,
        selection_id=our.id if our else None,
        odds=format_odds(our_milli),
        is_ours_best=our_milli == best_milli,
        prices=[
            OutsidePrice(
                source=row.source,
                odds=format_milli(row.odds_milli),
                updated_at=row.last_updated,
                age_s=max(0, int((now - row.last_updated).total_seconds())),
                is_best=row.odds_milli == best_milli and row.source not in over,
            )
            for row in listed
        ],
    )
