"""The language of strategy rules, version 1: JSON that says what to bet on, when, how much, and when to stop.

A document that these classes accept is safe to run: its depth and size are bounded, and it can name only facts that
are known at the instant of the decision. Nothing in it can be executed.
"""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from betting.core.strategies.facts import FACTS, NumberFact, TextFact
from project.kit.money import MoneyIn, OddsIn, parse_milli, parse_minor
from project.kit.schemas import strip_property_titles
from sports.core.market_keys import MARKET_RULES, InvalidMarketKey, parse_market_key

CURRENCY: Final = "PLY"  # strategies are tried with practice funds, never with money
LANGUAGE_VERSION: Final = 1
DEPTH_MAX: Final = 8  # nested deeper, nobody can read a rule
CONDITIONS_MAX: Final = 64
BRANCHES_MAX: Final = 16
VALUES_MAX: Final = 32
MARKETS_MAX: Final = 32
DOCUMENT_BYTES_MAX: Final = 8 * 1024
WHOLE_MAX: Final = 100_000  # minutes to the start of an event two months away
RATIO_MAX: Final = 1_000.0

Percent = Annotated[str, StringConstraints(strict=True, pattern=r"^(0|[1-9][0-9]?|100)(\.[0-9]{1,2})?$", max_length=6)]
Share = Annotated[str, StringConstraints(strict=True, pattern=r"^(0\.[0-9]{1,3}|1(\.0{1,3})?)$", max_length=5)]
Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=80, pattern=r"^[a-z0-9_;=.\-]+$")]
Whole = Annotated[int, Field(strict=True, ge=-WHOLE_MAX, le=WHOLE_MAX)]
Ratio = Annotated[float, Field(strict=True, ge=-RATIO_MAX, le=RATIO_MAX, allow_inf_nan=False)]
Operator = Literal["at_least", "at_most", "above", "below"]


class Part(BaseModel):
    """A part of the rules: frozen, and unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,
        json_schema_extra=strip_property_titles,
    )


class FactValue(Part):
    """Another fact as the value to compare with, times a factor."""

    fact: NumberFact
    times: Annotated[float, Field(strict=True, gt=0, le=RATIO_MAX, allow_inf_nan=False)] = 1.0


Value = Whole | Ratio | OddsIn | FactValue


class Compare(Part):
    """A number against a value: `{"kind": "compare", "fact": "edge", "op": "at_least", "value": 0.03}`."""

    kind: Literal["compare"]
    fact: NumberFact
    op: Operator
    value: Value

    @model_validator(mode="after")
    def _check_value(self) -> Self:
        _check_kind(self.fact, self.value)
        return self


class Between(Part):
    """A number within bounds, both included."""

    kind: Literal["between"]
    fact: NumberFact
    low: Value
    high: Value

    @model_validator(mode="after")
    def _check_values(self) -> Self:
        _check_kind(self.fact, self.low)
        _check_kind(self.fact, self.high)
        return self


class Is(Part):
    """A text that is one of these words."""

    kind: Literal["is"]
    fact: TextFact
    values: Annotated[list[Word], Field(min_length=1, max_length=VALUES_MAX)]


class All(Part):
    """Every part holds."""

    kind: Literal["all"]
    of: Annotated[list["Condition"], Field(min_length=1, max_length=BRANCHES_MAX)]


class AnyOf(Part):
    """At least one part holds."""

    kind: Literal["any"]
    of: Annotated[list["Condition"], Field(min_length=1, max_length=BRANCHES_MAX)]


class Not(Part):
    """The part does not hold. Of a fact that nobody knows neither a condition nor its opposite holds."""

    kind: Literal["not"]
    of: "Condition"


Condition = Annotated[Compare | Between | Is | All | AnyOf | Not, Field(discriminator="kind")]


class FlatStake(Part):
    """The same stake every time."""

    plan: Literal["flat"]
    amount: MoneyIn


class PercentStake(Part):
    """A percentage of what the bank holds now."""

    plan: Literal["percent"]
    percent: Percent


class KellyStake(Part):
    """A fraction of Kelly's stake by the model's or the market's chance, at most `cap_percent` of the bank."""

    plan: Literal["kelly"]
    fraction: Share
    cap_percent: Percent
    probability: Literal["model", "market"] = "model"


class TargetStake(Part):
    """Whatever stake wins this profit at the price."""

    plan: Literal["target"]
    profit: MoneyIn


Staking = Annotated[FlatStake | PercentStake | KellyStake | TargetStake, Field(discriminator="plan")]


class Limits(Part):
    """When to stop. `stop_loss` ends all betting once so much of the bank is lost."""

    bets_per_event: Annotated[int, Field(strict=True, ge=1, le=50)] = 1
    bets_per_day: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 50
    stake_max: MoneyIn | None = None
    stop_loss: MoneyIn | None = None


class Rules(Part):
    """A whole strategy. `markets` are keys or types; `pick` takes all that match in a tick or the one of most value."""

    version: Literal[1]
    bank: MoneyIn
    markets: Annotated[list[Word], Field(min_length=1, max_length=MARKETS_MAX)]
    when: Condition
    pick: Literal["all", "best"] = "best"
    staking: Staking
    limits: Limits = Limits()

    @model_validator(mode="before")
    @classmethod
    def _check_depth(cls, document: Any) -> Any:
        """Before anything else walks down the document."""
        if isinstance(document, Mapping) and _depth(document.get("when")) > DEPTH_MAX:
            raise ValueError(f"conditions are nested deeper than {DEPTH_MAX}")
        return document

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        count = sum(1 for _ in conditions_of(self.when))
        if count > CONDITIONS_MAX:
            raise ValueError(f"{count} conditions are more than {CONDITIONS_MAX}")
        if len(json.dumps(self.model_dump(mode="json"))) > DOCUMENT_BYTES_MAX:
            raise ValueError(f"the rules are longer than {DOCUMENT_BYTES_MAX} bytes")
        if parse_minor(self.bank, CURRENCY) == 0:
            raise ValueError("the bank is empty")
        for name in self.markets:
            _check_market(name)
        return self


def parse_rules(document: Mapping[str, Any]) -> Rules:
    """Rules from a stored document; raises pydantic's ValidationError where it is none."""
    return Rules.model_validate(document)


def conditions_of(condition: Condition) -> Iterator[Condition]:
    """A condition and all its parts."""
    yield condition
    if isinstance(condition, All | AnyOf):
        for part in condition.of:
            yield from conditions_of(part)
    elif isinstance(condition, Not):
        yield from conditions_of(condition.of)


def millionths(value: Whole | Ratio | OddsIn) -> Fraction:
    """A value of the rules as ticks count: exact, as it was written."""
    if isinstance(value, str):
        return Fraction(parse_milli(value) * 1_000)
    return Fraction(repr(value)) * 1_000_000


def _depth(node: Any) -> int:
    """How deep conditions are nested, counted without recursion and never past the bound."""
    depth, level = 0, [node]
    while level and depth <= DEPTH_MAX:
        depth += 1
        below: list[Any] = []
        for item in level:
            inner = item.get("of") if isinstance(item, Mapping) else None
            below.extend(inner if isinstance(inner, list) else [] if inner is None else [inner])
        level = below
    return depth


def _check_kind(fact: str, value: Value) -> None:
    kind = FACTS[fact].kind
    if isinstance(value, FactValue):
        if (FACTS[value.fact].kind == "odds") != (kind == "odds"):
            raise ValueError(f"{fact} cannot be compared with {value.fact}")
    elif (kind == "odds") != isinstance(value, str):
        raise ValueError(f'{fact} takes odds such as "1.85"' if kind == "odds" else f"{fact} takes a number")
    elif kind == "whole" and not isinstance(value, int):
        raise ValueError(f"{fact} takes a whole number")


def _check_market(name: str) -> None:
    if name in MARKET_RULES:
        return
    try:
        parse_market_key(name)
    except InvalidMarketKey as error:
        raise ValueError(f"{name} is no market: {error}") from error
