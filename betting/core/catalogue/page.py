"""The page of all market kinds with their rules, as text: the same words that a market's rules link to."""

from betting.core.catalogue import KINDS
from betting.core.catalogue.kind import MarketKind
from betting.core.each_way import EACH_WAY_FIELDS

_HEAD = """# Markets

Written by `manage.py document_markets` from `betting/core/catalogue/`; `GET /api/market-rules` answers the same.
"""
_EACH_WAY = """The last of these that the field is large enough for and whose place odds leave the margin of the market
when it opens; none at all if none do. Once stakes have moved the prices, half of that margin is enough."""
_SETTLING = """## How results are worked out

`betting/core/grading/` has one rule for each kind, a pure function of the event's facts. It says who won, and whether
that is certain yet: a market that play has decided takes no more bets, and stays decided if the event is abandoned.
What a final event has left undecided is void. Half a void stake is half of it returned: a quarter line is two half bets
on the lines beside it.
"""


def markets_page() -> str:
    """Markdown, every kind in display order."""
    parts = [_HEAD]
    for sport, kinds in KINDS.items():
        parts.append(f"## {sport.capitalize()}\n")
        parts.extend(_describe(market_type, kind) for market_type, kind in kinds.items())
        if sport == "outright":
            parts.append(_each_way())
    return "\n".join([*parts, _SETTLING])


def _describe(market_type: str, kind: MarketKind) -> str:
    rules = "\n".join(f"- {rule}" for rule in kind.rules)
    chart = ", charted" if kind.is_charted else ""
    shares = f"stakes up to {kind.stake_percent} % and liability up to {kind.liability_percent} % of the currency's"
    terms = f"Margin {kind.overround * 100:g} %, {shares}, {kind.delay_ms / 1000:g} s delay in play{chart}."
    return f"### {kind.name} (`{market_type}`)\n\n{rules}\n\n{terms}\n"


def _each_way() -> str:
    rows = "\n".join(
        f"| {smallest} | {terms.places} | {terms.numerator}/{terms.denominator} |"
        for smallest, terms in reversed(EACH_WAY_FIELDS)
    )
    return f"### Each way\n\n{_EACH_WAY}\n\n| runners from | places | fraction |\n|---|---|---|\n{rows}\n"
