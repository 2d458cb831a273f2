"""What people have earned."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from project.kit.ids import new_id


class UserAchievement(models.Model):
    """One achievement of one person, earned once. `details` names what earned it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="achievements")
    achievement_type = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    achieved_on = models.DateTimeField()

    class Meta:
        db_table = "community_user_achievement"
        ordering: ClassVar = ["-achieved_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "achievement_type"], name="community_achievement_once")
        ]

    def __str__(self) -> str:
        return f"{self.achievement_type} of {self.user_id}"
