"""The trading desk: its proposals and its record, stops that clients are shown, cash-out targets that are found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import project.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0007_legs_name_their_person"),
        ("sports", "0004_several_sports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskAction",
            fields=[
                (
                    "id",
                    models.UUIDField(default=project.kit.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("void_market", "Void Market"),
                            ("undo_void", "Undo Void"),
                            ("settle_market", "Settle Market"),
                            ("roll_back", "Roll Back"),
                            ("deduction", "Deduction"),
                            ("undo_deduction", "Undo Deduction"),
                        ],
                        max_length=20,
                    ),
                ),
                ("payload", models.JSONField(default=dict)),
                ("preview", models.JSONField(default=dict)),
                ("needs_approval", models.BooleanField()),
                ("reason", models.CharField(max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("applied", "Applied"),
                            ("rejected", "Rejected"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "betting_desk_action",
            },
        ),
        migrations.CreateModel(
            name="DeskRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("change", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=500)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "betting_desk_record",
            },
        ),
        migrations.AddField(
            model_name="bettingswitch",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="eventbook",
            name="shown_switches",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="market",
            name="is_stopped",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AlterField(
            model_name="bettingswitch",
            name="reason",
            field=models.CharField(max_length=500),
        ),
        migrations.AddIndex(
            model_name="betslip",
            index=models.Index(
                condition=models.Q(("cash_out_target_minor__isnull", False), ("status", "accepted")),
                fields=["id"],
                name="slip_with_target",
            ),
        ),
        migrations.AddField(
            model_name="deskaction",
            name="applied_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deskaction",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deskaction",
            name="event",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sports.event"),
        ),
        migrations.AddField(
            model_name="deskaction",
            name="market",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="desk_actions", to="betting.market"
            ),
        ),
        migrations.AddField(
            model_name="deskaction",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deskrecord",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deskrecord",
            name="desk_action",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="records", to="betting.deskaction"
            ),
        ),
        migrations.AddIndex(
            model_name="deskaction",
            index=models.Index(fields=["status", "-proposed_at"], name="desk_action_waiting"),
        ),
        migrations.AddConstraint(
            model_name="deskaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["void_market", "undo_void", "settle_market", "roll_back", "deduction", "undo_deduction"],
                    )
                ),
                name="desk_action_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["proposed", "approved", "applied", "rejected"])),
                name="desk_action_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("needs_approval", True), ("status__in", ["approved", "applied"]), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False), models.Q(("decided_by", models.F("proposed_by")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="desk_action_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at__isnull", False), ("applied_by__isnull", False), ("status", "applied")),
                    models.Q(("status", "applied"), _negated=True),
                    _connector="OR",
                ),
                name="desk_action_applied_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="deskrecord",
            index=models.Index(fields=["subject", "-id"], name="desk_record_of_subject"),
        ),
    ]
