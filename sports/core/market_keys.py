"""The grammar of market keys: `type` or `type;name=value;...` with names sorted, and the outcomes each type has.

It is the only language in which sports, ml and betting name a market to each other; anything else is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,39}\Z")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,2})(\.(25|5|75))?\Z")
_WHOLE: Final = re.compile(r"[1-9][0-9]?\Z")
_SCORE: Final = re.compile(r"(0|[1-9][0-9]?)-(0|[1-9][0-9]?)\Z")

OTHER_SCORES: Final = ("other_home", "other_draw", "other_away")


class InvalidMarketKey(ValueError):
    """The text is no market key, or the outcome does not belong to its market."""


@dataclass(frozen=True, slots=True)
class MarketRule:
    """What one market type looks like; `outcomes` is empty where they are scores."""

    outcomes: tuple[str, ...]
    specifiers: tuple[str, ...] = ()


MARKET_RULES: Final[Mapping[str, MarketRule]] = {
    "1x2": MarketRule(("home", "draw", "away")),
    "double_chance": MarketRule(("home_or_draw", "home_or_away", "draw_or_away")),
    "over_under": MarketRule(("over", "under"), ("total",)),
    "next_goal": MarketRule(("home", "away", "none"), ("goal",)),
    "both_to_score": MarketRule(("yes", "no")),
    "correct_score": MarketRule(()),
    "asian_handicap": MarketRule(("home", "away"), ("hcp",)),
}


@dataclass(frozen=True, slots=True)
class MarketKey:
    """A parsed market key; `str()` gives back the canonical text."""

    market_type: str
    specifiers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return ";".join([self.market_type, *(f"{name}={value}" for name, value in self.specifiers)])

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The fixed outcomes in display order; empty for scores."""
        return MARKET_RULES[self.market_type].outcomes

    def get(self, name: str) -> str:
        """The value of one specifier; raises InvalidMarketKey where there is none."""
        for key, value in self.specifiers:
            if key == name:
                return value
        raise InvalidMarketKey(f"{self} has no {name}")

    def has_outcome(self, outcome: str) -> bool:
        if self.market_type == "correct_score":
            return outcome in OTHER_SCORES or _SCORE.match(outcome) is not None
        return outcome in self.outcomes


def market_key(market_type: str, **specifiers: str | int | float | Decimal) -> str:
    """The canonical text of a market: `market_key("over_under", total=2.5)` is `over_under;total=2.5`."""
    pairs = tuple(sorted((name, _value_text(value)) for name, value in specifiers.items()))
    return str(parse_market_key(str(MarketKey(market_type, pairs))))


def parse_market_key(text: str) -> MarketKey:
    """The market a key names; raises InvalidMarketKey unless the text is exactly canonical."""
    market_type, *parts = text.split(";")
    rule = MARKET_RULES.get(market_type) if _TYPE.match(market_type) else None
    if rule is None:
        raise InvalidMarketKey(f"unknown market type in {text!r}")
    pairs: list[tuple[str, str]] = []
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            raise InvalidMarketKey(f"no value in {text!r}")
        pairs.append((name, value))
    if tuple(name for name, _ in pairs) != tuple(sorted(rule.specifiers)):
        raise InvalidMarketKey(f"{market_type} needs exactly {list(rule.specifiers)}, not {text!r}")
    for name, value in pairs:
        _check_value(name, value, text)
    return MarketKey(market_type, tuple(pairs))


def check_outcome(key: MarketKey, outcome: str) -> None:
    """Raises InvalidMarketKey unless `outcome` belongs to the market."""
    if not key.has_outcome(outcome):
        raise InvalidMarketKey(f"{key} has no outcome {outcome!r}")


def _check_value(name: str, value: str, text: str) -> None:
    pattern = _WHOLE if name == "goal" else _NUMBER
    if pattern.match(value) is None or value == "-0":
        raise InvalidMarketKey(f"{name}={value!r} is no value in {text!r}")
    if name == "total" and value.startswith("-"):
        raise InvalidMarketKey(f"a total is never negative: {text!r}")


def _value_text(value: str | float | Decimal) -> str:
    if isinstance(value, str):
        return value
    number = Decimal(str(value)).normalize()
    return f"{number + 0:f}"
