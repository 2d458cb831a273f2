"""What outside sources say an outcome pays. Our own prices are betting's."""

from django.db import models

from sports.models.events import Event


class BettingOdds(models.Model):
    """The latest price of one outcome at one source; `value_milli` is decimal odds in thousandths."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="outside_odds")
    source = models.CharField(max_length=40)
    market_key = models.CharField(max_length=80)
    outcome = models.CharField(max_length=24)
    value_milli = models.PositiveIntegerField()
    last_updated = models.DateTimeField()

    class Meta:
        db_table = "sports_betting_odds"
        verbose_name_plural = "betting odds"
        constraints = [
            models.UniqueConstraint(fields=["event", "source", "market_key", "outcome"], name="sports_odds_outcome"),
            models.CheckConstraint(condition=models.Q(value_milli__gt=1000), name="sports_odds_above_one"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.market_key} {self.outcome}"


class BettingOddsChange(models.Model):
    """Every price a source ever gave, append-only."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    market_key = models.CharField(max_length=80)
    outcome = models.CharField(max_length=24)
    value_milli = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "sports_betting_odds_change"
        indexes = [models.Index(fields=["event", "market_key", "outcome", "id"], name="sports_odds_change_outcome")]
        constraints = [
            models.CheckConstraint(condition=models.Q(value_milli__gt=1000), name="sports_odds_change_above_one"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.market_key} {self.outcome}"
