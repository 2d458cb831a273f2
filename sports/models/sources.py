"""Where outside data comes from, and how far a feed has got with it."""

from django.db import models

from project.kit.ids import new_id


class ExternalDataSource(models.Model):
    """One origin of data. `reliability_score` is the share of what it sent that could be used."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source_name = models.CharField(max_length=80, unique=True)
    data_type = models.CharField(max_length=80)
    last_accessed = models.DateTimeField(null=True)
    reliability_score = models.FloatField(default=1.0)

    class Meta:
        db_table = "sports_external_data_source"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reliability_score__gte=0.0, reliability_score__lte=1.0),
                name="sports_source_reliability",
            )
        ]

    def __str__(self) -> str:
        return self.source_name


class FeedCursor(models.Model):
    """What a feed must remember across a restart.

    The row without an event says which fixture of the source comes next. A row with an event keeps the slot it is
    played in and the plan it follows, so that the match goes on even when its source is no longer there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(ExternalDataSource, on_delete=models.PROTECT, related_name="cursors")
    event = models.OneToOneField("sports.Event", on_delete=models.CASCADE, null=True, related_name="feed_cursor")
    slot = models.PositiveIntegerField(null=True)
    position = models.BigIntegerField(default=0)
    state = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "sports_feed_cursor"
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(event__isnull=True), name="sports_feed_cursor_of_source"
            ),
            models.CheckConstraint(
                condition=models.Q(event__isnull=True, slot__isnull=True)
                | models.Q(event__isnull=False, slot__isnull=False),
                name="sports_feed_cursor_slot",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.position}"
