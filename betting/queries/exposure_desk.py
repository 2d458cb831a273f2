"""Exposure as the trading desk sees it: by event, market and selection, in each currency that carries bets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from betting.core.catalogue import find_kind
from betting.core.risk import MarketRisk
from betting.schemas.exposure import MarketExposureValue, SelectionExposureValue
from project.kit.money import format_minor
from project.kit.topics import Arguments, Keyed, Tally

_READ = """
    SELECT market.event_id, market.id, market.name, market.sport, market.market_type,
           risk.currency, selection.id, selection.name, risk.stake_minor, risk.payout_minor, risk.version,
           market.status IN ('settled', 'cancelled')
      FROM ({rows}) AS risk
      JOIN betting_market AS market ON market.id = risk.market_id
      JOIN betting_selection AS selection ON selection.id = risk.selection_id
     ORDER BY market.event_id, market.sort, market.key, risk.currency, selection.sort
"""
_FOLDED = """
    SELECT market_id, selection_id, currency, stake_minor, payout_minor, version
      FROM betting_exposure WHERE market_id = ANY (%(markets)s::uuid[])
"""
_LIVE = """
    SELECT market_id, selection_id, currency, sum(stake_minor)::bigint AS stake_minor,
           sum(payout_minor)::bigint AS payout_minor, 0 AS version
      FROM (SELECT market_id, selection_id, currency, stake_minor, payout_minor FROM betting_exposure
             WHERE market_id = ANY (%(markets)s::uuid[])
            UNION ALL
            SELECT market_id, selection_id, currency, stake_minor, payout_minor FROM betting_exposure_delta
             WHERE market_id = ANY (%(markets)s::uuid[])) AS every
     GROUP BY market_id, selection_id, currency
"""
_TALLY = """
    SELECT market.event_id, count(DISTINCT (risk.market_id, risk.currency)), sum(risk.version)::bigint
      FROM betting_market AS market
      JOIN betting_exposure AS risk ON risk.market_id = market.id
     WHERE market.event_id = ANY (%s::uuid[])
     GROUP BY market.event_id
"""


@dataclass(frozen=True)
class _Row:
    event_id: UUID
    market_id: UUID
    market_name: str
    sport: str
    market_type: str
    currency: str
    selection_id: UUID
    selection_name: str
    stake_minor: int
    payout_minor: int
    version: int
    is_decided: bool


@dataclass(frozen=True)
class MarketExposure:
    """One market in one currency: the risk, and how it is written for the desk. A decided one has its results: what
    it cost is paid."""

    risk: MarketRisk
    value: MarketExposureValue
    version: int
    is_decided: bool


def list_exposures(event_ids: Iterable[UUID]) -> dict[UUID, list[MarketExposure]]:
    """Every market of these events that carries bets, folded or not, in the order of display."""
    return _group(_read(_LIVE, _markets_of(event_ids)))


def list_exposure_keys(
    *, event_id: UUID | None = None, market_ids: Sequence[UUID] | None = None
) -> dict[UUID, list[Keyed]]:
    """The folded exposure of an event or of some markets as values of its topic, by event."""
    wanted = _markets_of([event_id]) if event_id is not None else list(market_ids or [])
    return {
        event: [
            Keyed(f"m:{one.value.market_id}:{one.value.currency}", one.version, one.value.to_json()) for one in listed
        ]
        for event, listed in _group(_read(_FOLDED, wanted)).items()
    }


def tally_exposure(arguments: Sequence[Arguments]) -> list[Tally]:
    """One tally per event, in the order asked."""
    event_ids = [UUID(one["event_id"]) for one in arguments]
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, [event_ids])
        found = {event_id: Tally(keys, versions) for event_id, keys, versions in cursor.fetchall()}
    return [found.get(event_id, Tally(0, 0)) for event_id in event_ids]


def _markets_of(event_ids: Iterable[UUID]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM betting_market WHERE event_id = ANY (%s::uuid[])", [list(event_ids)])
        return [market_id for (market_id,) in cursor.fetchall()]


def _read(rows: str, market_ids: Sequence[UUID]) -> list[_Row]:
    if not market_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(rows=rows), {"markets": list(market_ids)})
        return [_Row(*row) for row in cursor.fetchall()]


def _group(rows: Sequence[_Row]) -> dict[UUID, list[MarketExposure]]:
    markets: dict[tuple[UUID, str], list[_Row]] = defaultdict(list)
    for row in rows:
        markets[row.market_id, row.currency].append(row)
    events: dict[UUID, list[MarketExposure]] = defaultdict(list)
    for listed in markets.values():
        events[listed[0].event_id].append(_describe(listed))
    return events


def _describe(rows: Sequence[_Row]) -> MarketExposure:
    first = rows[0]
    kind = find_kind(first.sport, first.market_type)
    payouts: Mapping[str, int] = {str(row.selection_id): row.payout_minor for row in rows}
    risk = MarketRisk(
        stakes_minor=sum(row.stake_minor for row in rows),
        payouts_minor=payouts,
        # A kind whose outcomes can win together takes no pressure from stakes.
        has_single_winner=kind is None or kind.pressure > 0,
    )
    currency = first.currency
    value = MarketExposureValue(
        market_id=first.market_id,
        name=first.market_name,
        currency=currency,
        stakes=format_minor(risk.stakes_minor, currency),
        worst=format_minor(risk.worst_minor, currency),
        selections=[
            SelectionExposureValue(
                id=row.selection_id,
                name=row.selection_name,
                stake=format_minor(row.stake_minor, currency),
                payout=format_minor(row.payout_minor, currency),
                liability=format_minor(risk.liability_minor(str(row.selection_id)), currency),
            )
            for row in rows
        ],
    )
    return MarketExposure(risk, value, sum(row.version for row in rows), first.is_decided)
