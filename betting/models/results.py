"""The result of each selection, version by version; the newest is copied onto the selection."""

from django.db import models
from django.db.models import Q


class ResultChoice(models.TextChoices):
    """What became of a selection; half results are `won` or `lost` with one void half."""

    WON = "won"
    LOST = "lost"
    VOID = "void"


class SelectionResult(models.Model):
    """One version of one selection's result, appended only when it differs from the version before."""

    id = models.BigAutoField(primary_key=True)
    selection = models.ForeignKey(
        "betting.Selection", on_delete=models.PROTECT, related_name="result_versions", db_index=False
    )
    version = models.PositiveIntegerField()
    result = models.CharField(max_length=8, choices=ResultChoice.choices)
    void_halves = models.PositiveSmallIntegerField(default=0)
    produced_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "betting_selection_result"
        constraints = [
            models.UniqueConstraint(fields=["selection", "version"], name="selection_result_version"),
            models.CheckConstraint(condition=Q(version__gt=0), name="selection_result_from_one"),
            models.CheckConstraint(condition=Q(result__in=ResultChoice.values), name="selection_result_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.result} (version {self.version})"
