"""Charts of an event hold every price of its charted markets, from the first on and in order."""

import random

import pytest

from betting.actions.reprice_event import reprice_event
from betting.models import PricePoint
from betting.queries import markets
from betting.queries.markets import format_odds, list_price_charts
from sports.actions import record_incident, record_progress, resume_betting, start_event
from sports.core.basketball.synthetic import ScoringRates, play
from sports.models import Event
from tests.betting.desk import make_live_priced_event, tick
from tests.sports.other_events import make_basketball

pytestmark = pytest.mark.django_db


def play_basketball() -> Event:
    """The sport whose lines move most: each possession moves all of them."""
    event = make_basketball()
    reprice_event(event_id=event.pk)
    start_event(event_id=event.pk)
    for moment in play(ScoringRates(1.0, 1.03), random.Random(1), "match").moments:
        if moment.incident_type is not None:
            record_incident(
                event_id=event.pk,
                incident_type=moment.incident_type,
                side=moment.side,
                minute=moment.minute,
                number=moment.number,
                made=moment.made,
            )
            resume_betting(event_id=event.pk)
        elif moment.made is not None:
            record_progress(event_id=event.pk, made=moment.made)
        reprice_event(event_id=event.pk)
    return event


def test_the_charts_of_a_whole_match_begin_with_its_first_prices() -> None:
    event = play_basketball()

    charts = list_price_charts(event.pk)

    assert sum(len(chart.points) for chart in charts) == PricePoint.objects.count()
    assert len(charts) == PricePoint.objects.values("market").distinct().count()
    for chart in charts:
        assert [point.at for point in chart.points] == sorted(point.at for point in chart.points)


def test_of_too_many_prices_the_newest_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_live_priced_event()
    early = PricePoint.objects.count()
    tick(event, 30)
    late = list(PricePoint.objects.order_by("id")[early:])
    monkeypatch.setattr(markets, "CHART_POINTS_MAX", len(late))

    shown = [(chart.market_id, point) for chart in list_price_charts(event.pk) for point in chart.points]

    assert {(market_id, point.selection_id, point.odds) for market_id, point in shown} == {
        (point.market_id, point.selection_id, format_odds(point.odds_milli)) for point in late
    }
