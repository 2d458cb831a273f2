"""What shows in a person's own slips. For them and for the staff who look after them; shown to nobody else."""

from django.conf import settings
from django.db import models

from project.kit.ids import new_id


class UserBettingPattern(models.Model):
    """One pattern of one person, recomputed as a whole: `pattern_identifier` names it, `description` says it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="betting_patterns", db_index=False
    )
    pattern_identifier = models.CharField(max_length=40)
    description = models.JSONField()
    detected_on = models.DateTimeField()

    class Meta:
        db_table = "betting_user_pattern"
        constraints = [models.UniqueConstraint(fields=["user", "pattern_identifier"], name="pattern_once_per_person")]

    def __str__(self) -> str:
        return self.pattern_identifier
