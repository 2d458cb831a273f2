"""The result of each selection, version by version; the newest is copied onto the selection."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ResultChoice(models.TextChoices):
    """What became of a selection; half results are `won` or `lost` with one void half."""

    WON = "won"
    LOST = "lost"
    VOID = "void"


class ResultCause(models.TextChoices):
    """Why there is a further version. The last two leave the result itself and change what its bets are worth."""

    GRADED = "graded", "Graded from the result"
    SET = "set", "Set by hand"
    ROLLED_BACK = "rolled_back", "Rolled back"
    DEDUCTION = "deduction", "Deduction changed"
    CANCEL_WINDOW = "cancel_window", "Cancel window changed"


class SelectionResult(models.Model):
    """One version of all that a settlement reads of a selection; an empty `result` means none again.

    Append-only. `produced_at` is the producer's time: what is older than the newest one applied was ignored.
    """

    id = models.BigAutoField(primary_key=True)
    selection = models.ForeignKey(
        "betting.Selection", on_delete=models.PROTECT, related_name="result_versions", db_index=False
    )
    version = models.PositiveIntegerField()
    result = models.CharField(max_length=8, choices=ResultChoice.choices, default="", blank=True)
    void_halves = models.PositiveSmallIntegerField(default=0)
    dead_heat_places = models.PositiveSmallIntegerField(default=1)
    dead_heat_tied = models.PositiveSmallIntegerField(default=1)
    place_result = models.CharField(max_length=8, choices=ResultChoice.choices, default="", blank=True)
    place_dead_heat_places = models.PositiveSmallIntegerField(default=1)
    place_dead_heat_tied = models.PositiveSmallIntegerField(default=1)
    cause = models.CharField(max_length=16, choices=ResultCause.choices, default=ResultCause.GRADED)
    # People are pseudonymised, never deleted, and this table refuses updates.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    reason = models.CharField(max_length=300, blank=True, default="")
    produced_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "betting_selection_result"
        constraints = [
            models.UniqueConstraint(fields=["selection", "version"], name="selection_result_version"),
            models.CheckConstraint(condition=Q(version__gt=0), name="selection_result_from_one"),
            models.CheckConstraint(condition=Q(result__in=["", *ResultChoice.values]), name="selection_result_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.result or 'no result'} (version {self.version})"


class SettlementRange(models.Model):
    """Slips of an event that wait to be settled: those of legs after (from_user, from_slip), to (to_user, to_slip).

    A worker deletes the range in the transaction that settles it, so each is settled once, whoever dies in between.
    """

    event = models.ForeignKey("sports.Event", on_delete=models.PROTECT, related_name="+", db_index=False)
    from_user = models.UUIDField()
    from_slip = models.UUIDField()
    to_user = models.UUIDField()
    to_slip = models.UUIDField()

    class Meta:
        db_table = "betting_settlement_range"
        indexes = [models.Index(fields=["event", "id"], name="settlement_range_of_event")]

    def __str__(self) -> str:
        return f"Range {self.pk} of {self.event_id}"
