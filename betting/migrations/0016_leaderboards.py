"""Tables of leaderboards."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0015_strategy_versions_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeaderboardStanding",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "board",
                    models.CharField(choices=[("return", "Return"), ("calibration", "Calibration")], max_length=12),
                ),
                (
                    "period",
                    models.CharField(choices=[("week", "Week"), ("month", "Month"), ("all", "All")], max_length=6),
                ),
                ("rank", models.PositiveIntegerField()),
                ("slips", models.PositiveIntegerField()),
                ("return_basis_points", models.BigIntegerField()),
                ("wins", models.PositiveIntegerField()),
                ("expected_wins", models.FloatField()),
                ("score", models.FloatField()),
                ("counted_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "betting_leaderboard_standing",
                "indexes": [models.Index(fields=["board", "period", "rank"], name="standing_by_rank")],
                "constraints": [
                    models.UniqueConstraint(fields=("board", "period", "user"), name="standing_once"),
                    models.CheckConstraint(condition=models.Q(("rank__gte", 1)), name="standing_rank"),
                ],
            },
        ),
    ]
