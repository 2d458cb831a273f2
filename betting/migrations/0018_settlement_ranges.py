"""Legs become facts that nobody changes, results keep all that a settlement reads, and history gets cheap to write.

A leg of a delayed slip may be struck anew until it has settled, others never. History is written for every slip of a market at once:
it checks no keys (it is written under the slip's own row) and has one index for its slip and a small one for its order.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LEGS_ARE_FACTS = """
    CREATE FUNCTION betting_refuse_leg_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND EXISTS (
            SELECT FROM betting_slip WHERE id = OLD.slip_id
               AND (status = 'pending_delay' OR (settlement_no = 0 AND accepted_at > placed_at))
        ) AND (NEW.id, NEW.slip_id, NEW.position, NEW.selection_id, NEW.user_id)
            = (OLD.id, OLD.slip_id, OLD.position, OLD.selection_id, OLD.user_id) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER betting_leg_append_only BEFORE UPDATE OR DELETE ON betting_leg
        FOR EACH ROW EXECUTE FUNCTION betting_refuse_leg_change();
    CREATE TRIGGER betting_leg_no_truncate BEFORE TRUNCATE ON betting_leg
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
LEGS_CHANGE = """
    DROP TRIGGER betting_leg_no_truncate ON betting_leg;
    DROP TRIGGER betting_leg_append_only ON betting_leg;
    DROP FUNCTION betting_refuse_leg_change();
"""

# History is numbered as it is written, so a block range index finds a row by its number and costs nothing to keep.
LEAN_HISTORY = """
    ALTER TABLE betting_history DROP CONSTRAINT betting_history_pkey;
    CREATE INDEX betting_history_number ON betting_history USING brin (id) WITH (autosummarize = on);
    -- Settlement updates every slip of a page at once: room for its new versions keeps the indexes untouched.
    ALTER TABLE betting_slip SET (fillfactor = 60);
"""
FULL_HISTORY = """
    ALTER TABLE betting_slip RESET (fillfactor);
    DROP INDEX betting_history_number;
    ALTER TABLE betting_history ADD PRIMARY KEY (id);
"""

DROP_OLD_FUNCTIONS = """
    DROP FUNCTION betting_settle(uuid, uuid, integer, text, timestamptz);
    DROP FUNCTION betting_settlement_results(betting_settlement[]);
    DROP FUNCTION betting_settlement_transfers(uuid, betting_settlement[]);
    DROP FUNCTION betting_prepare_settlements(uuid[]);
    DROP FUNCTION betting_find_unsettled(uuid, uuid, integer);
    DROP TYPE betting_settlement;
"""

RESULT_CHOICES = [("won", "Won"), ("lost", "Lost"), ("void", "Void")]


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0017_place_slips"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(DROP_OLD_FUNCTIONS, reverse_sql=migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="betleg", name="leg_of_event"),
        migrations.RemoveField(model_name="betleg", name="result"),
        migrations.RemoveField(model_name="betleg", name="void_halves"),
        migrations.RemoveField(model_name="betleg", name="result_version"),
        migrations.RunSQL(LEGS_ARE_FACTS, reverse_sql=LEGS_CHANGE),
        migrations.RemoveConstraint(model_name="betslip", name="slip_settled_as_a_whole"),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
                condition=models.Q(("payout_minor__isnull", True), ("settled_at__isnull", True))
                | models.Q(("payout_minor__isnull", False), ("settled_at__isnull", False), ("settlement_no__gt", 0)),
                name="slip_settled_as_a_whole",
            ),
        ),
        migrations.RemoveIndex(model_name="bethistory", name="history_of_person"),
        migrations.AlterField(
            model_name="bethistory",
            name="bet_slip",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="history",
                to="betting.betslip",
            ),
        ),
        migrations.AlterField(
            model_name="bethistory",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(LEAN_HISTORY, reverse_sql=FULL_HISTORY),
        migrations.RemoveConstraint(model_name="selectionresult", name="selection_result_choice"),
        migrations.AlterField(
            model_name="selectionresult",
            name="result",
            field=models.CharField(blank=True, choices=RESULT_CHOICES, default="", max_length=8),
        ),
        *(
            migrations.AddField(
                model_name="selectionresult",
                name=name,
                field=models.PositiveSmallIntegerField(default=1),
            )
            for name in ("dead_heat_places", "dead_heat_tied", "place_dead_heat_places", "place_dead_heat_tied")
        ),
        migrations.AddField(
            model_name="selectionresult",
            name="place_result",
            field=models.CharField(blank=True, choices=RESULT_CHOICES, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="selectionresult",
            name="cause",
            field=models.CharField(
                choices=[
                    ("graded", "Graded from the result"),
                    ("set", "Set by hand"),
                    ("rolled_back", "Rolled back"),
                    ("deduction", "Deduction changed"),
                    ("cancel_window", "Cancel window changed"),
                ],
                default="graded",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="selectionresult",
            name="actor",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="selectionresult",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddConstraint(
            model_name="selectionresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ["", "won", "lost", "void"])), name="selection_result_choice"
            ),
        ),
        *(
            migrations.AddField(
                model_name="eventbook",
                name=name,
                field=models.BigIntegerField(db_default=0),
            )
            for name in ("results_no", "planned_results_no", "settled_results_no")
        ),
        migrations.AddIndex(
            model_name="eventbook",
            index=models.Index(
                condition=models.Q(("results_no__gt", models.F("settled_results_no"))),
                fields=["event"],
                name="book_unsettled",
            ),
        ),
        migrations.CreateModel(
            name="SettlementRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_user", models.UUIDField()),
                ("from_slip", models.UUIDField()),
                ("to_user", models.UUIDField()),
                ("to_slip", models.UUIDField()),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sports.event",
                    ),
                ),
            ],
            options={
                "db_table": "betting_settlement_range",
                "indexes": [models.Index(fields=["event", "id"], name="settlement_range_of_event")],
            },
        ),
    ]
