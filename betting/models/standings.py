"""Where people stand on the leaderboards, as the last count found it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class LeaderboardStanding(models.Model):
    """One person on one board of one period. Ratios alone are shown to others, never money.

    `return_basis_points` is (returned - staked) / staked. `expected_wins` adds up 1 / odds of the singles that were won
    or lost, those that were cashed out included, `score` is how far the wins lie above that, in standard deviations.
    """

    class Board(models.TextChoices):
        RETURN = "return"
        CALIBRATION = "calibration"

    class Period(models.TextChoices):
        WEEK = "week"
        MONTH = "month"
        ALL = "all"

    id = models.BigAutoField(primary_key=True)
    board = models.CharField(max_length=12, choices=Board.choices)
    period = models.CharField(max_length=6, choices=Period.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standings")
    rank = models.PositiveIntegerField()
    slips = models.PositiveIntegerField()
    return_basis_points = models.BigIntegerField()
    wins = models.PositiveIntegerField()
    expected_wins = models.FloatField()
    score = models.FloatField()
    counted_at = models.DateTimeField()

    class Meta:
        db_table = "betting_leaderboard_standing"
        indexes = [models.Index(fields=["board", "period", "rank"], name="standing_by_rank")]
        constraints = [
            models.UniqueConstraint(fields=["board", "period", "user"], name="standing_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="standing_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. on {self.board} ({self.period})"
