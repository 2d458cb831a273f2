"""What people agreed to, and what was checked about them before they may play."""

from django.db import models
from django.db.models import Func, Q

from accounts.models.people import User
from project.kit.ids import new_id


class UserConsent(models.Model):
    """One answer about one purpose. Append-only: a withdrawal is a new row with `given` false."""

    class Type(models.TextChoices):
        TERMS = "terms", "Terms of use"
        DATA_PROCESSING = "data_processing", "Data processing"
        MARKETING = "marketing", "Marketing communications"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # A consent outlives the account it was given for: people are pseudonymised, never deleted.
    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, related_name="consents")
    consent_type = models.CharField(max_length=24, choices=Type)
    given = models.BooleanField()
    document_version = models.CharField(max_length=20)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        indexes = [models.Index(fields=["user", "consent_type", "-created_at"], name="accounts_consent_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(consent_type__in=["terms", "data_processing", "marketing"]), name="accounts_consent_type"
            )
        ]

    def __str__(self) -> str:
        return f"{self.consent_type}: {'given' if self.given else 'withdrawn'}"


class ComplianceRecord(models.Model):
    """The outcome of one check of one person; the newest of a type counts."""

    class CheckType(models.TextChoices):
        DECLARED_AGE = "declared_age", "Age as declared"
        AGE = "age", "Age by document"
        IDENTITY = "identity", "Identity"
        LOCATION = "location", "Location"

    class Result(models.TextChoices):
        PASSED = "passed", "Passed"
        FAILED = "failed", "Failed"
        PENDING = "pending", "Pending"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="compliance_records")
    check_type = models.CharField(max_length=24, choices=CheckType)
    result = models.CharField(max_length=12, choices=Result)
    details = models.JSONField(default=dict, blank=True)
    date_checked = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        indexes = [models.Index(fields=["user", "check_type", "-date_checked"], name="accounts_compliance_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["passed", "failed", "pending"]), name="accounts_compliance_result"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_type}: {self.result}"
