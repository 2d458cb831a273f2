"""A person and what they may do. `status` is the authority; the database makes `is_active` follow it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower, Upper
from django.utils.crypto import salted_hmac

from accounts.core.roles import TRADERS_GROUP
from project.kit.ids import new_id

USERNAME_LENGTH_MAX = 30  # fits a row of the phone layout without cutting


class UserManager(BaseUserManager["User"]):
    """Makes people with a lower-case e-mail and a hashed password."""

    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(
            username, email, password, **{"role": User.Role.ADMIN, "is_staff": True, "is_superuser": True, **fields}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """One person, with one log-in for everything."""

    class Role(models.TextChoices):
        ADMIN = "ADMIN", "Administrator"
        END_USER = "END_USER", "Player"
        ML_ENGINEER = "ML_ENGINEER", "Model engineer"
        FINANCE = "FINANCE", "Finance"
        MODERATOR = "MODERATOR", "Moderator"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        SUSPENDED = "suspended", "Suspended"
        PENDING_VERIFICATION = "pending_verification", "Pending verification"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=USERNAME_LENGTH_MAX, unique=True)
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.END_USER)
    status = models.CharField(max_length=24, choices=Status, default=Status.ACTIVE)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Part of every session's hash: one more ends all sessions of the person at once.
    session_epoch = models.PositiveIntegerField(default=0)
    date_of_birth = models.DateField(null=True, blank=True)
    country = models.CharField(max_length=2, blank=True)
    city = models.CharField(max_length=80, blank=True)
    bio = models.CharField(max_length=500, blank=True)
    phone_number = models.CharField(max_length=20, blank=True)
    department = models.CharField(max_length=80, blank=True)
    profile_picture = models.URLField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Func(function="now"), editable=False)
    updated_at = models.DateTimeField(db_default=Func(function="now"), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            # `iexact` compares UPPER(username): this index also serves the log-in by name.
            models.UniqueConstraint(Upper("username"), name="accounts_user_username_ci"),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="accounts_user_email_lower"),
            models.CheckConstraint(
                condition=~Q(is_active=True, status__in=["inactive", "suspended"]),
                name="accounts_user_active_by_status",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["ADMIN", "END_USER", "ML_ENGINEER", "FINANCE", "MODERATOR"]),
                name="accounts_user_role",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "inactive", "suspended", "pending_verification"]),
                name="accounts_user_status",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^([A-Z]{2})?$"), name="accounts_user_country"),
        ]
        indexes = [
            # Search by the beginning of a name: the pattern class lets LIKE use the index.
            models.Index(OpClass(Upper("username"), name="text_pattern_ops"), name="accounts_user_username_search"),
            # Whether somebody is among the few who may not log in is asked with every batch of slips.
            models.Index(fields=["id"], condition=Q(is_active=False), name="accounts_user_barred"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def display_name(self) -> str:
        """What others read: the name the person gave, else the username."""
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def disabled(self) -> bool:
        return not self.is_active

    @property
    def date_joined(self) -> datetime:
        return self.created_at

    @property
    def email_verified(self) -> bool:
        """Whether the person proved that the address is theirs; allauth's table is the authority."""
        from allauth.account.models import EmailAddress  # it needs this model to be loaded first

        return bool(EmailAddress.objects.filter(user_id=self.id, email=self.email, verified=True).exists())

    @property
    def works_at_desk(self) -> bool:
        """Whether the person was given the trading desk; administrators have it without."""
        return bool(self.groups.filter(name=TRADERS_GROUP).exists())

    @property
    def preferences(self) -> dict[str, Any]:
        """Every preference the person has set."""
        return dict(self.user_preferences.values_list("preference_key", "preference_value"))

    def get_session_auth_hash(self) -> str:
        """A session stays valid while password and `session_epoch` are those of its log-in."""
        return self._hash_session(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._hash_session(secret)

    def _hash_session(self, secret: str | bytes) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.models.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class Profile(models.Model):
    """How a person appears to others."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="profile")
    public_access = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"


class UserPreference(models.Model):
    """One choice of a person about how the product behaves for them."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="user_preferences")
    preference_key = models.CharField(max_length=40)
    preference_value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "preference_key"], name="accounts_preference_once")]

    def __str__(self) -> str:
        return self.preference_key
