"""Tables of achievements."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0004_ratings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UserAchievement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("achievement_type", models.CharField(max_length=40)),
                ("details", models.JSONField(default=dict)),
                ("achieved_on", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="achievements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "community_user_achievement",
                "ordering": ["-achieved_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "achievement_type"), name="community_achievement_once")
                ],
            },
        ),
    ]
