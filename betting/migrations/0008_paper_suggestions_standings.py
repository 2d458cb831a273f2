"""Tables of bets on paper, of suggested slips with the reason of each leg, and of what is counted about people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids
from project.kit.operations import CreateModels


class Migration(migrations.Migration):
    replaces = [("betting", "0016_leaderboards"), ("betting", "0022_targets_whatever_the_status")]

    dependencies = [
        ("betting", "0007_strategies"),
        ("ml", "0001_models_and_insights"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="PaperBet",
                fields=[
                    (
                        "id",
                        models.UUIDField(
                            default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bets",
                            to="betting.paperrun",
                        ),
                    ),
                    (
                        "event",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="sports.event",
                        ),
                    ),
                    (
                        "selection",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="paper_bets",
                            to="betting.selection",
                        ),
                    ),
                    ("placed_at", models.DateTimeField()),
                    ("phase", models.CharField(max_length=12)),
                    ("minute", models.PositiveSmallIntegerField()),
                    ("odds_milli", models.IntegerField()),
                    ("closing_odds_milli", models.IntegerField(null=True)),
                    ("market_millionths", models.IntegerField(null=True)),
                    ("model_millionths", models.IntegerField(null=True)),
                    ("stake_minor", models.BigIntegerField()),
                    ("payout_minor", models.BigIntegerField(null=True)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("open", "Open"),
                                ("won", "Won"),
                                ("lost", "Lost"),
                                ("partial", "Partial"),
                                ("void", "Void"),
                            ],
                            default="open",
                            max_length=8,
                        ),
                    ),
                    ("results_version", models.PositiveIntegerField(default=0)),
                    ("settled_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "betting_paper_bet",
                    "indexes": [
                        models.Index(fields=["run", "-placed_at", "-id"], name="paper_bet_of_run"),
                        models.Index(fields=["event", "run"], name="paper_bet_of_event"),
                        models.Index(fields=["placed_at"], name="paper_bet_placed"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("run", "selection"), name="paper_bet_once_per_selection"),
                        models.CheckConstraint(
                            condition=models.Q(("stake_minor__gt", 0)), name="paper_bet_stake_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["open", "won", "lost", "partial", "void"])),
                            name="paper_bet_status",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("payout_minor__isnull", True), ("settled_at__isnull", True), ("status", "open")
                                ),
                                models.Q(
                                    models.Q(("status", "open"), _negated=True),
                                    ("payout_minor__isnull", False),
                                    ("settled_at__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="paper_bet_settled_as_a_whole",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FollowedBook",
                fields=[
                    (
                        "event",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to="sports.event",
                        ),
                    ),
                    ("version", models.BigIntegerField()),
                    ("phase", models.CharField(max_length=12)),
                ],
                options={
                    "db_table": "betting_followed_book",
                },
            ),
            migrations.CreateModel(
                name="BetSlipGenerationLog",
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
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="suggestions",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "bet_slip",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="suggestions",
                            to="betting.betslip",
                        ),
                    ),
                    ("generation_timestamp", models.DateTimeField()),
                    (
                        "model_version",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ml.modelversion"
                        ),
                    ),
                    (
                        "insight_used",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ml.bettingmodelinsight"
                        ),
                    ),
                    ("request", models.JSONField()),
                    ("odds_milli", models.IntegerField()),
                    (
                        "feedback",
                        models.CharField(
                            blank=True,
                            choices=[("", "None"), ("accepted", "Accepted"), ("ignored", "Ignored")],
                            default="",
                            max_length=8,
                        ),
                    ),
                    ("feedback_at", models.DateTimeField(null=True)),
                ],
                options={
                    "verbose_name": "suggested slip",
                    "db_table": "betting_slip_generation_log",
                    "indexes": [
                        models.Index(fields=["user", "-generation_timestamp", "-id"], name="suggestion_of_person")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("feedback__in", ["", "accepted", "ignored"])),
                            name="suggestion_feedback",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("bet_slip__isnull", True), ("feedback", "accepted"), _connector="OR"),
                            name="suggestion_slip_is_accepted",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="BetSlipGenerationLeg",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "log",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="legs",
                            to="betting.betslipgenerationlog",
                        ),
                    ),
                    ("position", models.PositiveSmallIntegerField()),
                    (
                        "selection",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="betting.selection",
                        ),
                    ),
                    (
                        "insight",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ml.bettingmodelinsight"
                        ),
                    ),
                    ("insight_version", models.PositiveBigIntegerField()),
                    (
                        "model_version",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ml.modelversion"
                        ),
                    ),
                    ("odds_milli", models.IntegerField()),
                    ("model_millionths", models.IntegerField()),
                    ("market_millionths", models.IntegerField()),
                    ("reasons", models.JSONField()),
                ],
                options={
                    "db_table": "betting_slip_generation_leg",
                    "constraints": [
                        models.UniqueConstraint(fields=("log", "position"), name="suggestion_leg_position")
                    ],
                },
            ),
            migrations.CreateModel(
                name="UserBettingPattern",
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
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="betting_patterns",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("pattern_identifier", models.CharField(max_length=40)),
                    ("description", models.JSONField()),
                    ("detected_on", models.DateTimeField()),
                ],
                options={
                    "db_table": "betting_user_pattern",
                    "constraints": [
                        models.UniqueConstraint(fields=("user", "pattern_identifier"), name="pattern_once_per_person")
                    ],
                },
            ),
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
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="standings",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("rank", models.PositiveIntegerField()),
                    ("slips", models.PositiveIntegerField()),
                    ("return_basis_points", models.BigIntegerField()),
                    ("wins", models.PositiveIntegerField()),
                    ("expected_wins", models.FloatField()),
                    ("score", models.FloatField()),
                    ("counted_at", models.DateTimeField()),
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
        ),
    ]
