"""The pure rules: who is old enough, which names are allowed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.core.age import age_on, is_old_enough
from accounts.core.countries import COUNTRY_CODES
from accounts.core.usernames import is_allowed_username


@pytest.mark.parametrize(
    ("day", "born", "years"),
    [
        (date(2026, 5, 17), date(2008, 5, 17), 18),
        (date(2026, 5, 16), date(2008, 5, 17), 17),
        (date(2026, 2, 28), date(2008, 2, 29), 17),
        (date(2026, 3, 1), date(2008, 2, 29), 18),
        (date(2024, 2, 29), date(2004, 2, 29), 20),
    ],
)
def test_years_are_completed_years(day: date, born: date, years: int) -> None:
    assert age_on(day, born) == years


@given(born=st.dates(date(1900, 1, 1), date(2020, 1, 1)), day=st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_nobody_gets_younger(born: date, day: date) -> None:
    tomorrow = date.fromordinal(day.toordinal() + 1)

    assert age_on(tomorrow, born) - age_on(day, born) in (0, 1)
    assert is_old_enough(day, born) == (18 <= age_on(day, born) <= 120)


@pytest.mark.parametrize("name", ["ada", "Ada_Lovelace", "a.b-c", "x" * 30, "007"])
def test_ordinary_names_are_allowed(name: str) -> None:
    assert is_allowed_username(name)


@pytest.mark.parametrize(
    "name",
    ["", "ab", "x" * 31, "a b", "a@b", ".ada", "ada-", "ad\u0430", "ada\n", "Support", "a\x00b", "\uff41da", "ada/.."],
)
def test_misleading_names_are_not(name: str) -> None:
    assert not is_allowed_username(name)


def test_countries_are_those_of_the_standard() -> None:
    assert len(COUNTRY_CODES) == 249
    assert {"GB", "DE", "JP", "US"} <= COUNTRY_CODES
