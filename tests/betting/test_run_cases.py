"""The worked examples that ship with the documentation, and the command that anybody can run their own with."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from betting.management.cases.shapes import Case
from betting.management.commands.run_cases import ask, read_cases

FILES = sorted((Path(__file__).parents[2] / "docs" / "cases").glob("*.json"))
CASES = [case for path in FILES for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}: {case.name}" for case in CASES])
def test_the_rules_answer_what_the_source_says(case: Case) -> None:
    got, fault = ask(case)

    assert fault == ""
    assert {name: got.get(name) for name in case.expect} == case.expect


def test_there_are_examples_of_every_rule_each_with_its_source() -> None:
    assert len(CASES) >= 100
    assert all(case.source for case in CASES)
    rules = {case.rule for case in CASES}
    assert rules >= {"each-way", "dead heat", "rule 4", "lucky 15", "Asian handicap", "tote win", "tote dead heat"}
    # Where we differ from a source, the case says what it prints and why.
    assert all(case.note for case in CASES if case.published)


def file_of(tmp_path: Path, **changes: Any) -> Path:
    case = {
        "name": "10.00 at 2.00",
        "rule": "single",
        "source": "arithmetic",
        "slip": {"stake": "10.00", "legs": [{"odds": "2.00", "result": "won"}]},
        "expect": {"return": "20.00"},
    }
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"format": 1, "cases": [case | changes]}))
    return path


def test_a_case_that_differs_is_printed_and_fails_the_command(tmp_path: Path) -> None:
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 of 1 cases differ"):
        call_command("run_cases", str(file_of(tmp_path, expect={"return": "20.01", "lines": "1"})), stdout=out)

    assert "DIFFERS single: 10.00 at 2.00" in out.getvalue()
    assert "return: expected 20.01, got 20.00" in out.getvalue()
    assert "lines: expected 1, got 1" in out.getvalue()


def test_a_case_that_holds_is_printed_with_what_was_got(tmp_path: Path) -> None:
    out = io.StringIO()

    call_command("run_cases", str(file_of(tmp_path)), stdout=out)

    assert "ok      single: 10.00 at 2.00" in out.getvalue()
    assert "return: expected 20.00, got 20.00" in out.getvalue()
    assert out.getvalue().endswith("1 passed, 0 failed\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"expect": {"retrun": "20.00"}},
        {"slip": {"stake": "10.00", "legs": [{"odds": "4/6", "result": "won"}]}},
        {"slip": {"stake": "10.00", "bet": "trixie", "legs": [{"odds": "2.00", "result": "won"}]}},
        {"slip": {"stake": "10.00", "bet": "nonsense", "legs": [{"odds": "2.00", "result": "won"}]}},
        {"slip": None, "grade": {"market": "no_such_market", "score": [1, 0]}},
    ],
)
def test_a_case_that_cannot_be_asked_differs_and_says_why(tmp_path: Path, changes: dict[str, Any]) -> None:
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 of 1"):
        call_command("run_cases", str(file_of(tmp_path, **changes)), "--failed", stdout=out)

    assert "DIFFERS" in out.getvalue()


@pytest.mark.parametrize(
    "changes",
    [
        {"slip": {"stake": "ten", "legs": [{"odds": "2.00", "result": "won"}]}},
        {"slip": {"stake": "10.00", "legs": []}},
        {"slip": {"stake": "10.00", "legs": [{"odds": "2.00", "result": "won", "dead_heet": "1/2"}]}},
        {"slip": {"stake": "10.00", "legs": [{"odds": "2.00", "result": "won", "dead_heat": "3/2"}]}},
        {"slip": None},
        {"expect": {}},
        {"pool": {"takeout_percent": 0, "tickets": [{"on": "A", "stake": "1"}], "winners": ["A"]}},
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="is no case file"):
        call_command("run_cases", str(file_of(tmp_path, **changes)))


def test_an_expectation_named_twice_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    path.write_text(path.read_text().replace('"expect": {', '"expect": {"return": "1.00"}, "expect": {'))

    with pytest.raises(CommandError, match="is no case file: a member is named twice"):
        call_command("run_cases", str(path))


@pytest.mark.parametrize("content", [b"", b'{"format": 1', b"\xff\xfe", b"[]", b"[" * 200_000])
def test_a_file_that_is_no_document_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(content)

    with pytest.raises(CommandError, match="is no case file"):
        call_command("run_cases", str(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("run_cases", str(tmp_path / "none.json"))
