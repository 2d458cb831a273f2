"""Finished matches from elsewhere, imported season by season: what models learn from."""

from django.db import models

from project.kit.ids import new_id
from sports.models.catalogue import Competition, Sport, Team
from sports.models.sources import ExternalDataSource


class HistoricalEvent(models.Model):
    """One past match. `odds` is market key -> bookmaker -> outcome -> thousandths; closing prices are bookmakers of
    their own, named `<bookmaker>_closing`. `statistics` holds counts such as `home_shots`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sport = models.ForeignKey(Sport, on_delete=models.PROTECT, related_name="historical_events")
    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="historical_events")
    season = models.CharField(max_length=9)
    event_date = models.DateTimeField()
    home_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    away_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    home_goals = models.PositiveSmallIntegerField()
    away_goals = models.PositiveSmallIntegerField()
    outcome = models.JSONField(default=dict)
    statistics = models.JSONField(default=dict)
    odds = models.JSONField(default=dict)
    source = models.ForeignKey(ExternalDataSource, on_delete=models.PROTECT, related_name="+")
    source_ref = models.CharField(max_length=120)
    imported_at = models.DateTimeField()

    class Meta:
        db_table = "sports_historical_event"
        indexes = [models.Index(fields=["competition", "-event_date", "-id"], name="sports_history_competition")]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_ref"], name="sports_history_source_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.source_ref} ({self.home_goals}-{self.away_goals})"
