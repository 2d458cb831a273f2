"""Free bets: a stake that the house gives, whose winnings alone are paid out."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from project.kit.ids import new_id


class FreeBetStatus(models.TextChoices):
    """A token is back at available when the slip it was used on is void as a whole."""

    AVAILABLE = "available"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class FreeBet(models.Model):
    """A token for one slip with exactly this stake, used by `expires_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="free_bets", db_index=False
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=FreeBetStatus.choices, default=FreeBetStatus.AVAILABLE)
    reason = models.CharField(max_length=200)
    grant_key = models.CharField(max_length=120, unique=True)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "betting_free_bet"
        indexes = [models.Index(fields=["user", "status"], name="free_bet_of_person")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="free_bet_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=FreeBetStatus.values), name="free_bet_status_known"),
        ]

    def __str__(self) -> str:
        return f"Free bet {self.id}"
