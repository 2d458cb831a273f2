"""Storing past matches from an importer or the synthetic league."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from project.kit import clock
from sports.actions.catalogue import ensure_competitions, ensure_football, ensure_source, ensure_teams
from sports.core.fixtures import PastMatch
from sports.models import HistoricalEvent

BATCH_ROWS: Final = 1_000  # keeps a statement well below its time limit


@transaction.atomic(durable=True)
def import_past_matches(*, source_name: str, matches: Sequence[PastMatch]) -> int:
    """Store the matches that are not there yet by (source, source_ref); returns how many were new."""
    sport = ensure_football()
    source = ensure_source(source_name, "match results and odds")
    competitions = ensure_competitions(sport, [match.competition for match in matches])
    teams = ensure_teams(sport, [team for match in matches for team in (match.home, match.away)])
    before = HistoricalEvent.objects.filter(source=source).count()
    now = clock.now()
    for begin in range(0, len(matches), BATCH_ROWS):
        HistoricalEvent.objects.bulk_create(
            [
                HistoricalEvent(
                    sport=sport,
                    competition_id=competitions[match.competition.code],
                    season=match.season,
                    event_date=match.played_at,
                    home_team_id=teams[match.home.country, match.home.name],
                    away_team_id=teams[match.away.country, match.away.name],
                    home_goals=match.home_goals,
                    away_goals=match.away_goals,
                    outcome=dict(match.outcome),
                    statistics=dict(match.statistics),
                    odds=match.odds,
                    source=source,
                    source_ref=match.source_ref,
                    imported_at=now,
                )
                for match in matches[begin : begin + BATCH_ROWS]
            ],
            ignore_conflicts=True,
        )
    return HistoricalEvent.objects.filter(source=source).count() - before
