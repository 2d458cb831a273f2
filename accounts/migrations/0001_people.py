"""Tables of people: who they are, what they prefer, agreed to and did."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("accounts", "0001_initial_tables")]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="User",
                fields=[
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    (
                        "is_superuser",
                        models.BooleanField(
                            default=False,
                            help_text="Designates that this user has all permissions without explicitly assigning them.",
                            verbose_name="superuser status",
                        ),
                    ),
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("username", models.CharField(max_length=30, unique=True)),
                    ("email", models.EmailField(max_length=254, unique=True)),
                    ("first_name", models.CharField(blank=True, max_length=80)),
                    ("last_name", models.CharField(blank=True, max_length=80)),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("ADMIN", "Administrator"),
                                ("END_USER", "Player"),
                                ("ML_ENGINEER", "Model engineer"),
                                ("FINANCE", "Finance"),
                                ("MODERATOR", "Moderator"),
                            ],
                            default="END_USER",
                            max_length=20,
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("active", "Active"),
                                ("inactive", "Inactive"),
                                ("suspended", "Suspended"),
                                ("pending_verification", "Pending verification"),
                            ],
                            default="active",
                            max_length=24,
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True)),
                    ("is_staff", models.BooleanField(default=False)),
                    ("session_epoch", models.PositiveIntegerField(default=0)),
                    ("date_of_birth", models.DateField(blank=True, null=True)),
                    ("country", models.CharField(blank=True, max_length=2)),
                    ("city", models.CharField(blank=True, max_length=80)),
                    ("bio", models.CharField(blank=True, max_length=500)),
                    ("phone_number", models.CharField(blank=True, max_length=20)),
                    ("department", models.CharField(blank=True, max_length=80)),
                    ("profile_picture", models.URLField(blank=True, max_length=300)),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                    ("updated_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                    (
                        "groups",
                        models.ManyToManyField(
                            blank=True,
                            help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                    (
                        "user_permissions",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Specific permissions for this user.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.permission",
                            verbose_name="user permissions",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "person",
                    "verbose_name_plural": "people",
                    "indexes": [
                        models.Index(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Upper("username"), name="text_pattern_ops"
                            ),
                            name="accounts_user_username_search",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            django.db.models.functions.text.Upper("username"), name="accounts_user_username_ci"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("email", django.db.models.functions.text.Lower(models.F("email")))),
                            name="accounts_user_email_lower",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("is_active", True), ("status__in", ["inactive", "suspended"]), _negated=True
                            ),
                            name="accounts_user_active_by_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("role__in", ["ADMIN", "END_USER", "ML_ENGINEER", "FINANCE", "MODERATOR"])
                            ),
                            name="accounts_user_role",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("status__in", ["active", "inactive", "suspended", "pending_verification"])
                            ),
                            name="accounts_user_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("country__regex", "^([A-Z]{2})?$")), name="accounts_user_country"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Profile",
                fields=[
                    (
                        "user",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="profile",
                            serialize=False,
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("public_access", models.BooleanField(default=True)),
                ],
            ),
            migrations.CreateModel(
                name="UserPreference",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="user_preferences",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("preference_key", models.CharField(max_length=40)),
                    ("preference_value", models.JSONField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "preference_key"), name="accounts_preference_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="ActivityLog",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "user",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="activity",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "actor",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "action",
                        models.CharField(
                            choices=[
                                ("signed_up", "Signed up"),
                                ("logged_in", "Logged in"),
                                ("logged_out", "Logged out"),
                                ("password_changed", "Changed the password"),
                                ("email_verified", "Verified the e-mail address"),
                                ("consent_changed", "Changed a consent"),
                                ("suspended", "Was suspended"),
                                ("reinstated", "Was reinstated"),
                                ("compliance_recorded", "A check was recorded"),
                            ],
                            max_length=40,
                        ),
                    ),
                    ("resource_type", models.CharField(blank=True, max_length=40)),
                    ("resource_id", models.CharField(blank=True, max_length=64)),
                    ("timestamp", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                ],
                options={
                    "indexes": [models.Index(fields=["user", "-timestamp"], name="accounts_activity_of_user")],
                },
            ),
            migrations.CreateModel(
                name="ActivityDetail",
                fields=[
                    (
                        "activity",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            primary_key=True,
                            related_name="detail",
                            serialize=False,
                            to="accounts.activitylog",
                        ),
                    ),
                    ("ip_address", models.GenericIPAddressField(null=True)),
                    ("additional_data", models.JSONField(default=dict)),
                ],
            ),
            migrations.CreateModel(
                name="UserConsent",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="consents",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "consent_type",
                        models.CharField(
                            choices=[
                                ("terms", "Terms of use"),
                                ("data_processing", "Data processing"),
                                ("marketing", "Marketing communications"),
                            ],
                            max_length=24,
                        ),
                    ),
                    ("given", models.BooleanField()),
                    ("document_version", models.CharField(max_length=20)),
                    ("created_at", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["user", "consent_type", "-created_at"], name="accounts_consent_latest")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("consent_type__in", ["terms", "data_processing", "marketing"])),
                            name="accounts_consent_type",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ComplianceRecord",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="compliance_records",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "check_type",
                        models.CharField(
                            choices=[
                                ("declared_age", "Age as declared"),
                                ("age", "Age by document"),
                                ("identity", "Identity"),
                                ("location", "Location"),
                            ],
                            max_length=24,
                        ),
                    ),
                    (
                        "result",
                        models.CharField(
                            choices=[("passed", "Passed"), ("failed", "Failed"), ("pending", "Pending")], max_length=12
                        ),
                    ),
                    ("details", models.JSONField(blank=True, default=dict)),
                    ("date_checked", models.DateTimeField(db_default=models.Func(function="now"), editable=False)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["user", "check_type", "-date_checked"], name="accounts_compliance_latest")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("result__in", ["passed", "failed", "pending"])),
                            name="accounts_compliance_result",
                        )
                    ],
                },
            ),
        ),
    ]
