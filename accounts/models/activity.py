"""What people did with their accounts. The log is append-only; the personal part lies beside it and can be erased."""

from django.db import models
from django.db.models import Func

from accounts.models.people import User


class ActivityLog(models.Model):
    """One act: who, what, on what, when. Holds no address and no free text."""

    class Action(models.TextChoices):
        SIGNED_UP = "signed_up", "Signed up"
        LOGGED_IN = "logged_in", "Logged in"
        LOGGED_OUT = "logged_out", "Logged out"
        PASSWORD_CHANGED = "password_changed", "Changed the password"
        EMAIL_VERIFIED = "email_verified", "Verified the e-mail address"
        CONSENT_CHANGED = "consent_changed", "Changed a consent"
        SUSPENDED = "suspended", "Was suspended"
        REINSTATED = "reinstated", "Was reinstated"
        LIMIT_CHANGED = "limit_changed", "Changed a limit of their own"
        TIMED_OUT = "timed_out", "Took a time-out"
        SELF_EXCLUDED = "self_excluded", "Excluded themselves"
        APPOINTED = "appointed", "Was given a role"
        COMPLIANCE_RECORDED = "compliance_recorded", "A check was recorded"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, related_name="activity")
    actor = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, related_name="+")
    action = models.CharField(max_length=40, choices=Action)
    resource_type = models.CharField(max_length=40, blank=True)
    resource_id = models.CharField(max_length=64, blank=True)
    timestamp = models.DateTimeField(db_default=Func(function="now"), editable=False)

    class Meta:
        indexes = [models.Index(fields=["user", "-timestamp"], name="accounts_activity_of_user")]

    def __str__(self) -> str:
        return f"{self.action} at {self.timestamp}"


class ActivityDetail(models.Model):
    """The erasable part of an act: network address, device and free text."""

    activity = models.OneToOneField(ActivityLog, primary_key=True, on_delete=models.DO_NOTHING, related_name="detail")
    ip_address = models.GenericIPAddressField(null=True)
    additional_data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Detail of {self.activity_id}"
