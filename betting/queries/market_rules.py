"""What is published of every kind of market: its rules in words, its limits and its delay."""

from betting.core.catalogue import KINDS, MarketKind
from betting.core.each_way import EACH_WAY_FIELDS
from betting.core.limits import LIMITS, find_limits
from betting.queries.acceptance import published_delay_ms
from betting.schemas.market_rules import EachWayRow, KindLimits, MarketKindReply, MarketRulesReply
from project.kit.money import format_minor


def rules_id(sport: str, market_type: str) -> str:
    """What a market's `rules` says: where its kind is found among the published rules."""
    return f"{sport}/{market_type}"


def get_market_rules(sport: str | None) -> MarketRulesReply:
    """All kinds in display order, of one sport or of all; none for a sport the house does not know."""
    sports = KINDS if sport is None else {sport: KINDS.get(sport, {})}
    return MarketRulesReply(
        kinds=[_describe(slug, name, kind) for slug, kinds in sports.items() for name, kind in kinds.items()],
        each_way=[
            EachWayRow(runners_min=smallest, places=terms.places, fraction=f"{terms.numerator}/{terms.denominator}")
            for smallest, terms in reversed(EACH_WAY_FIELDS)
        ],
    )


def _describe(sport: str, market_type: str, kind: MarketKind) -> MarketKindReply:
    return MarketKindReply(
        id=rules_id(sport, market_type),
        sport=sport,
        type=market_type,
        name=kind.name,
        group=kind.group,
        rules=list(kind.rules),
        delay_ms=published_delay_ms(sport, market_type),
        is_charted=kind.is_charted,
        limits=[_describe_limits(currency, sport, market_type) for currency in LIMITS],
    )


def _describe_limits(currency: str, sport: str, market_type: str) -> KindLimits:
    limits = find_limits(currency, sport, market_type)
    assert limits is not None, f"{currency} is among the limits"
    return KindLimits(
        currency=currency,
        min_stake=format_minor(limits.stake_minor_min, currency),
        max_stake=format_minor(limits.stake_minor_max, currency),
        max_payout=format_minor(limits.payout_minor_max, currency),
        max_liability=format_minor(limits.liability_minor_max, currency),
    )
