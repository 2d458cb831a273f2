"""The grammar of market keys: `type` or `type;name=value;...` with names sorted, and the outcomes each type has.

It is the only language in which sports, ml and betting name a market to each other; anything else is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,39}\Z")
_QUARTERS: Final = re.compile(r"-?(0|[1-9][0-9]{0,2})(\.(25|5|75))?\Z")
_HALVES: Final = re.compile(r"-?(0|[1-9][0-9]{0,2})(\.5)?\Z")
_ONLY_HALVES: Final = re.compile(r"-?(0|[1-9][0-9]{0,2})\.5\Z")
_WHOLE: Final = re.compile(r"[1-9][0-9]?\Z")
_FIRST: Final = re.compile(r"1\Z")
_SET: Final = re.compile(r"[1-5]\Z")
_QUARTER: Final = re.compile(r"[1-4]\Z")
_SCORE: Final = re.compile(r"(0|[1-9][0-9]?)-(0|[1-9][0-9]?)\Z")
_SET_SCORE: Final = re.compile(r"(2-0|2-1|0-2|1-2|3-0|3-1|3-2|0-3|1-3|2-3)\Z")
_RUNNER: Final = re.compile(r"p[1-9][0-9]{0,2}\Z")

OTHER_SCORES: Final = ("other_home", "other_draw", "other_away")
RESULTS: Final = ("home", "draw", "away")
SIDES: Final = ("home", "away")


class InvalidMarketKey(ValueError):
    """The text is no market key, or the outcome does not belong to its market."""


@dataclass(frozen=True, slots=True)
class MarketRule:
    """What one market type looks like. Where outcomes are scores or runners, `outcomes` is empty and `matches` decides.

    `specifiers` maps each name to the form its value must have.
    """

    outcomes: tuple[str, ...]
    specifiers: Mapping[str, re.Pattern[str]]
    matches: Callable[[str], object] | None = None


def _rule(*outcomes: str, matches: Callable[[str], object] | None = None, **specifiers: re.Pattern[str]) -> MarketRule:
    return MarketRule(outcomes, specifiers, matches)


def _is_score(outcome: str) -> bool:
    return outcome in OTHER_SCORES or _SCORE.match(outcome) is not None


# A handicap `hcp` is the home side's; the away side has its opposite.
MARKET_RULES: Final[Mapping[str, MarketRule]] = {
    # football
    "1x2": _rule(*RESULTS),
    "double_chance": _rule("home_or_draw", "home_or_away", "draw_or_away"),
    "draw_no_bet": _rule(*SIDES),
    "over_under": _rule("over", "under", total=_QUARTERS),
    "asian_total": _rule("over", "under", total=_QUARTERS),
    "asian_handicap": _rule(*SIDES, hcp=_QUARTERS),
    "both_to_score": _rule("yes", "no"),
    "correct_score": _rule(matches=_is_score),
    "half_time_full_time": _rule(*(f"{half}_{full}" for half in RESULTS for full in RESULTS)),
    "next_goal": _rule("home", "away", "none", goal=_WHOLE),
    "half_result": _rule(*RESULTS, half=_FIRST),
    # tennis, and `match_winner` basketball too (overtime included)
    "match_winner": _rule(*SIDES),
    "set_winner": _rule(*SIDES, set=_SET),
    "game_winner": _rule(*SIDES, game=_WHOLE, set=_SET),
    "total_games": _rule("over", "under", total=_ONLY_HALVES),
    "game_handicap": _rule(*SIDES, hcp=_ONLY_HALVES),
    "set_score": _rule(matches=_SET_SCORE.match),
    # basketball
    "points_handicap": _rule(*SIDES, hcp=_HALVES),
    "total_points": _rule("over", "under", total=_HALVES),
    "quarter_result": _rule(*RESULTS, quarter=_QUARTER),
    # outright events: outcomes p1, p2, ... are the numbers of the runners
    "outright_winner": _rule(matches=_RUNNER.match),
    "top_finish": _rule(matches=_RUNNER.match, places=_WHOLE),
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
        """The fixed outcomes in display order; empty for scores and runners."""
        return MARKET_RULES[self.market_type].outcomes

    def get(self, name: str) -> str:
        """The value of one specifier; raises InvalidMarketKey where there is none."""
        for key, value in self.specifiers:
            if key == name:
                return value
        raise InvalidMarketKey(f"{self} has no {name}")

    def has_outcome(self, outcome: str) -> bool:
        matches = MARKET_RULES[self.market_type].matches
        return bool(matches(outcome)) if matches else outcome in self.outcomes


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
        raise InvalidMarketKey(f"{market_type} needs exactly {sorted(rule.specifiers)}, not {text!r}")
    for name, value in pairs:
        _check_value(name, value, rule.specifiers[name], text)
    return MarketKey(market_type, tuple(pairs))


def check_outcome(key: MarketKey, outcome: str) -> None:
    """Raises InvalidMarketKey unless `outcome` belongs to the market."""
    if not key.has_outcome(outcome):
        raise InvalidMarketKey(f"{key} has no outcome {outcome!r}")


def runner_outcome(number: int) -> str:
    """The outcome that a numbered participant of an outright event is: `p7`."""
    return f"p{number}"


def _check_value(name: str, value: str, pattern: re.Pattern[str], text: str) -> None:
    if pattern.match(value) is None or value == "-0":
        raise InvalidMarketKey(f"{name}={value!r} is no value in {text!r}")
    if name == "total" and value.startswith("-"):
        raise InvalidMarketKey(f"a total is never negative: {text!r}")


def _value_text(value: str | float | Decimal) -> str:
    if isinstance(value, str):
        return value
    number = Decimal(str(value)).normalize()
    return f"{number + 0:f}"
