"""History as models learn from it, and the fingerprint that tells whether there is anything new to learn."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.db.models import Count, F, Max, Min, Sum

from ml.core.features import FEATURES_VERSION
from ml.core.market_view import read_market_view
from ml.core.ratings import Fixture, Played
from ml.core.training_set import PastMatch
from ml.queries.matches import day_of, team_key
from sports.models import HistoricalEvent, Team
from sports.queries.history import TrainingRow, count_history, training_rows

MATCHES_MAX: Final = 40_000  # the newest ones; a training must end well within its task's time limit


def list_past_matches() -> Iterator[PastMatch]:
    """The newest past matches in order of play."""
    keys = {team.pk: team_key(team.country, team.name) for team in Team.objects.all().order_by("pk")}
    skipped = max(0, count_history() - MATCHES_MAX)
    for row in islice(training_rows(), skipped, None):
        yield past_match_of(row, keys[row.home_team_id], keys[row.away_team_id])


def walk_history() -> Iterator[tuple[TrainingRow, PastMatch]]:
    """All past matches in order of play: each as it is stored and as ratings learn from it."""
    keys = {team.pk: team_key(team.country, team.name) for team in Team.objects.all().order_by("pk")}
    for row in training_rows():
        yield row, past_match_of(row, keys[row.home_team_id], keys[row.away_team_id])


def history_fingerprint() -> str:
    """A digest of the history by content and of what features mean: the same data gives the same one anywhere."""
    totals = HistoricalEvent.objects.aggregate(
        matches=Count("id"),
        first=Min("event_date"),
        last=Max("event_date"),
        home=Sum("home_goals"),
        away=Sum("away_goals"),
        products=Sum(F("home_goals") * F("away_goals")),
    )
    text = "|".join(str(totals[name]) for name in sorted(totals))
    return hashlib.sha256(f"{FEATURES_VERSION}|{MATCHES_MAX}|{text}".encode()).hexdigest()


def past_match_of(row: TrainingRow, home: str, away: str) -> PastMatch:
    """One row with the names under which ratings know its teams."""
    market = read_market_view(row.odds)
    last_view = read_market_view(row.closing_odds) or market
    return PastMatch(
        fixture=Fixture(day_of(row.played_at), row.competition, home, away),
        market=market,
        played=Played(
            home_goals=row.home_goals,
            away_goals=row.away_goals,
            home_on_target=row.home_shots_on_target,
            away_on_target=row.away_shots_on_target,
            home_shots=row.home_shots,
            away_shots=row.away_shots,
            market=last_view.rates() if last_view else None,
        ),
    )
