"""Prior goal rates: from the odds before the match, from an average match without any."""

import pytest
from pytest_django import DjangoAssertNumQueries

from ml.core.inplay import price_results
from ml.core.insight import BASE_RATES
from ml.core.overround import remove_overround_power
from ml.queries.priors import get_goal_rates, get_goal_rates_of
from tests.sports.matches import ODDS, make_event

pytestmark = pytest.mark.django_db


def test_rates_give_back_the_market_without_its_margin() -> None:
    event = make_event()

    rates = get_goal_rates(event.pk)

    fair = remove_overround_power([price / 1000 for price in ODDS["1x2"].values()])
    assert price_results(rates) == pytest.approx(fair, abs=1e-9)


def test_an_event_without_odds_has_the_rates_of_an_average_match() -> None:
    assert get_goal_rates(make_event(odds={}).pk) == BASE_RATES


def test_many_events_take_one_statement_and_known_ones_none(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    events = [make_event().pk for _ in range(3)]

    with django_assert_num_queries(1):
        rates = get_goal_rates_of(events)
    with django_assert_num_queries(0):
        assert get_goal_rates_of(events) == rates
