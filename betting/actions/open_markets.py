"""Opening the markets that an event should have at its score; each is opened once, whoever asks first."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from betting.core.book import PricedMarket, PricedSelection
from betting.core.catalogue import kind_of, market_name, market_sort, selection_name
from betting.core.each_way import find_each_way_terms
from betting.core.pricing import price_outcomes
from betting.models import Market, MarketStatus, Selection
from betting.queries.switches import is_stopped_at_large
from project.kit import clock
from sports.core.market_keys import parse_market_key
from sports.queries.scoreboards import get_participant_names

EACH_WAY_TYPE = "outright_winner"


def open_markets(
    *, event_id: UUID, sport: str, version: int, chances: Mapping[str, Mapping[str, float]]
) -> list[tuple[Market, list[Selection]]]:
    """Create these markets without prices, as of the book's next version. Each key has its outcomes, in display order,
    and their chances.

    The caller holds the book's row and prices them in the same transaction.
    """
    names = get_participant_names(event_id)
    is_stopped = is_stopped_at_large(event_id)
    opened = [
        _build_market(event_id, sport, version, key, listed, names, is_stopped) for key, listed in chances.items()
    ]
    Market.objects.bulk_create([market for market, _ in opened])
    Selection.objects.bulk_create([selection for _, selections in opened for selection in selections])
    return opened


def _build_market(
    event_id: UUID,
    sport: str,
    version: int,
    key_text: str,
    chances: Mapping[str, float],
    names: Mapping[str, str],
    is_stopped: bool,
) -> tuple[Market, list[Selection]]:
    key = parse_market_key(key_text)
    kind = kind_of(sport, key.market_type)
    terms = None
    if key.market_type == EACH_WAY_TYPE:
        terms = find_each_way_terms(price_outcomes(chances, kind.overround).values(), kind.overround)
    market = Market(
        event_id=event_id,
        sport=sport,
        key=key_text,
        market_type=key.market_type,
        specifiers=dict(key.specifiers),
        name=market_name(kind, key),
        group=kind.group,
        sort=market_sort(kind, key),
        status=MarketStatus.ACTIVE,
        is_stopped=is_stopped,
        each_way_places=terms.places if terms else None,
        each_way_numerator=terms.numerator if terms else None,
        each_way_denominator=terms.denominator if terms else None,
        version=version,
    )
    selections = [
        Selection(
            market=market,
            outcome=outcome,
            name=selection_name(key, outcome, names),
            sort=place,
            version=version,
            updated_at=clock.now(),
        )
        for place, outcome in enumerate(chances)
    ]
    return market, selections


def as_priced(market: Market, selections: Sequence[Selection]) -> PricedMarket:
    """A market that has just been opened, as the pricing core sees it."""
    return PricedMarket(
        market.id,
        market.key,
        market.market_type,
        market.specifiers,
        market.shown_status,
        [
            PricedSelection(selection.id, selection.outcome, selection.name, selection.odds_milli)
            for selection in selections
        ],
    )
