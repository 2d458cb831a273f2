"""Rules are checked before they are kept: kinds, bounds, markets; and nothing else can be said in them."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from betting.core.strategies.examples import EXAMPLES
from betting.core.strategies.facts import FACTS, NUMBER_FACTS, TEXT_FACTS
from betting.core.strategies.language import (
    BRANCHES_MAX,
    CONDITIONS_MAX,
    DEPTH_MAX,
    Operator,
    Rules,
    conditions_of,
    millionths,
    parse_rules,
)
from betting.core.strategies.ticks import NUMBERS, TEXTS
from project.devstack.shared_cluster import REPOSITORY
from tests.betting.strategies.feeds import ALWAYS, rules_document

DOCUMENTATION = Path(REPOSITORY) / "docs" / "strategies.md"


def nested(depth: int) -> dict[str, Any]:
    condition: dict[str, Any] = ALWAYS
    for _ in range(depth - 1):
        condition = {"kind": "not", "of": condition}
    return condition


def message_of(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        parse_rules(rules_document(**changes))
    return caught.value.errors()[0]["msg"]


@pytest.mark.parametrize("example", EXAMPLES, ids=["value", "late_under", "favourites"])
def test_examples_are_rules_and_come_back_as_they_were(example: dict[str, Any]) -> None:
    rules = parse_rules(example)

    assert parse_rules(rules.model_dump(mode="json")) == rules
    assert json.loads(rules.model_dump_json()) == rules.model_dump(mode="json")


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (
            {"kind": "compare", "fact": "odds", "op": "above", "value": 1.85},
            'Value error, odds takes odds such as "1.85"',
        ),
        (
            {"kind": "compare", "fact": "edge", "op": "above", "value": "1.05"},
            "Value error, edge takes a number",
        ),
        (
            {"kind": "compare", "fact": "minute", "op": "above", "value": 1.5},
            "Value error, minute takes a whole number",
        ),
        (
            {"kind": "compare", "fact": "odds", "op": "above", "value": {"fact": "minute"}},
            "Value error, odds cannot be compared with minute",
        ),
        ({"kind": "compare", "fact": "result", "op": "above", "value": 1}, "Input should be"),
        ({"kind": "compare", "fact": "closing_odds", "op": "above", "value": "2"}, "Input should be"),
        ({"kind": "is", "fact": "phase", "values": []}, "List should have at least 1 item"),
        ({"kind": "python", "of": "1"}, "Input tag 'python'"),
        ({"kind": "all", "of": []}, "List should have at least 1 item"),
        ({"kind": "all", "of": [ALWAYS] * (BRANCHES_MAX + 1)}, "List should have at most 16 items"),
        ({**ALWAYS, "value": True}, "Input should be"),
    ],
)
def test_conditions_that_make_no_sense_are_refused(when: dict[str, Any], message: str) -> None:
    assert message in message_of(when=when)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 10**9])
def test_numbers_without_bounds_are_refused(value: float) -> None:
    with pytest.raises(ValidationError):
        parse_rules(rules_document(when={"kind": "compare", "fact": "edge", "op": "above", "value": value}))


def test_depth_is_bounded_before_anything_walks_down() -> None:
    assert parse_rules(rules_document(when=nested(DEPTH_MAX))).when.kind == "not"
    for depth in (DEPTH_MAX + 1, 500):
        assert message_of(when=nested(depth)) == f"Value error, conditions are nested deeper than {DEPTH_MAX}"


def test_size_is_bounded() -> None:
    full = [{"kind": "all", "of": [ALWAYS] * 14} for _ in range(4)]
    fitting = {"kind": "any", "of": [*full, ALWAYS, ALWAYS, ALWAYS]}
    rules = parse_rules(rules_document(when=fitting))
    assert sum(1 for _ in conditions_of(rules.when)) == CONDITIONS_MAX

    too_many = {"kind": "any", "of": [*full, ALWAYS, ALWAYS, ALWAYS, ALWAYS]}
    assert message_of(when=too_many) == f"Value error, 65 conditions are more than {CONDITIONS_MAX}"
    wordy = {"kind": "is", "fact": "market", "values": ["x" * 80] * 32}
    assert "longer than 8192 bytes" in message_of(when={"kind": "all", "of": [wordy] * 4})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bank", "0"),
        ("bank", 100),
        ("bank", "1e3"),
        ("markets", []),
        ("markets", ["over_under;total=2.3"]),
        ("markets", ["roulette"]),
        ("version", 2),
        ("pick", "worst"),
        ("staking", {"plan": "martingale"}),
        ("staking", {"plan": "flat", "amount": 5}),
        ("staking", {"plan": "percent", "percent": "101"}),
        ("staking", {"plan": "kelly", "fraction": "1.5", "cap_percent": "5"}),
        ("limits", {"bets_per_event": 0}),
        ("limits", {"bets_per_event": 1, "martingale": True}),
        ("surprise", 1),
    ],
)
def test_parts_that_make_no_sense_are_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        parse_rules(rules_document(**{name: value}))


def test_every_fact_is_explained_and_can_be_read() -> None:
    assert set(NUMBERS) == set(NUMBER_FACTS)
    assert set(TEXTS) == set(TEXT_FACTS)
    assert list(FACTS) == [*NUMBER_FACTS, *TEXT_FACTS]


def test_values_are_exact() -> None:
    assert [millionths(value) for value in (3, 0.03, "1.85", -0.1)] == [3_000_000, 30_000, 1_850_000, -100_000]


def test_the_reference_names_everything_of_the_language() -> None:
    text = DOCUMENTATION.read_text()
    schema = Rules.model_json_schema()

    for name, fact in FACTS.items():
        assert f"| `{name}` | {fact.kind} | {fact.meaning} |" in text
    for part in schema["$defs"].values():
        for name in part["properties"]:
            assert f"`{name}`" in text, name
    for name in schema["properties"]:
        assert f"`{name}`" in text, name
    for operator in get_args(Operator):
        assert f"`{operator}`" in text


@pytest.mark.parametrize("example", EXAMPLES[:2], ids=["value", "late_under"])
def test_the_reference_shows_the_examples_as_they_run(example: dict[str, Any]) -> None:
    shown = [
        json.loads(block)
        for block in DOCUMENTATION.read_text().split("```json\n")[1:]
        for block in [block.partition("```")[0]]
    ]

    assert example in shown
