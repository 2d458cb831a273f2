"""Imported seasons for back-tests, in order of play."""

from collections.abc import Iterator
from datetime import date

from betting.core.strategies.seasons import SeasonMatch
from ml.queries.past_matches import walk_history
from sports.models import HistoricalEvent


def walk_seasons(last_day: date) -> Iterator[SeasonMatch]:
    """Every past match up to a day (UTC): what is older than a back-test's period teaches its ratings."""
    for row, past in walk_history():
        if row.played_at.date() > last_day:
            return
        yield SeasonMatch(str(row.id), row.played_at, past, row.odds, row.closing_odds)


def count_season_matches(first_day: date, last_day: date) -> int:
    """How many past matches lie within these days."""
    return HistoricalEvent.objects.filter(event_date__date__range=(first_day, last_day)).count()
