"""Money and odds cross the border as strings and nothing else gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from project.kit.money import MoneyIn, OddsIn, format_milli, format_minor, parse_milli, parse_minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "PLY", 0),
        ("10", "PLY", 1000),
        ("10.5", "EUR", 1050),
        ("0.01", "GBP", 1),
        ("999999999.99", "USD", 99999999999),
    ],
)
def test_amounts_become_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    ["", "-1", "+1", "1e3", "1_000", "01", ".5", "1.", "1.234", "\u0661", "1.00\n", " 1", "1,00", "NaN", "1000000000"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_minor(text, "PLY")
    with pytest.raises(ValidationError):
        TypeAdapter(MoneyIn).validate_python(text)


def test_numbers_are_not_money() -> None:
    for value in (1, 1.5, True):
        with pytest.raises(ValidationError):
            TypeAdapter(MoneyIn).validate_python(value)
        with pytest.raises(ValidationError):
            TypeAdapter(OddsIn).validate_python(value)


def test_a_currency_without_decimals_refuses_them() -> None:
    assert parse_minor("1500", "JPY") == 1500
    with pytest.raises(ValueError):
        parse_minor("1500.5", "JPY")


@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_writing_and_reading_an_amount_returns_it(minor: int) -> None:
    assert parse_minor(format_minor(minor, "PLY"), "PLY") == minor


def test_negative_amounts_are_written_with_one_sign() -> None:
    assert format_minor(-5, "PLY") == "-0.05"
    assert format_minor(-1250, "PLY") == "-12.50"


@pytest.mark.parametrize(("milli", "text"), [(1850, "1.85"), (2000, "2.00"), (1005, "1.005"), (101000, "101.00")])
def test_odds_have_two_decimals_or_three(milli: int, text: str) -> None:
    assert format_milli(milli) == text
    assert parse_milli(text) == milli


@pytest.mark.parametrize("text", ["0.5", "0", "-2", "1.2345", "2,5", "1e1", "2.0\n", ""])
def test_what_is_not_decimal_odds_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_milli(text)
