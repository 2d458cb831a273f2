"""Rows that cannot be what they say are refused: lines without stakes, terms in part, switches that count no stop."""

import django.db.models.expressions
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("betting", "0016_singles_found_by_key"),
        ("sports", "0003_facts_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="betslip",
            name="slip_stake_positive",
        ),
        migrations.RemoveConstraint(
            model_name="market",
            name="market_each_way_as_a_whole",
        ),
        migrations.AddConstraint(
            model_name="betleg",
            constraint=models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="leg_position_from_one"),
        ),
        migrations.AddConstraint(
            model_name="betleg",
            constraint=models.CheckConstraint(
                condition=models.Q(("odds_milli__gt", 1000), ("seen_odds_milli__gt", 1000)), name="leg_odds_above_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
                condition=models.Q(("line_count__gte", 1), ("line_count__lte", models.F("stake_minor"))),
                name="slip_lines_have_stakes",
            ),
        ),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_each_way", False),
                    django.db.models.lookups.Exact(
                        django.db.models.expressions.CombinedExpression(models.F("line_count"), "%%", models.Value(2)),
                        0,
                    ),
                    _connector="OR",
                ),
                name="slip_each_way_lines_in_pairs",
            ),
        ),
        migrations.AddConstraint(
            model_name="betslip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rejection__isnull", False), ("status", "rejected")),
                    models.Q(models.Q(("status", "rejected"), _negated=True), ("rejection__isnull", True)),
                    _connector="OR",
                ),
                name="slip_rejection_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="bettingswitch",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope", "all"), ("scope__regex", "^sport:[a-z0-9-]+$"), _connector="OR"),
                name="switch_scope_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bettingswitch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("version__gte", models.F("stop_count")),
                    models.Q(("is_stopped", False), ("stop_count__gte", 1), _connector="OR"),
                ),
                name="switch_stops_counted",
            ),
        ),
        migrations.AddConstraint(
            model_name="bettingswitch",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="switch_reason_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="customerlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="customer_limit_reason_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="market",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("each_way_denominator__isnull", True),
                        ("each_way_numerator__isnull", True),
                        ("each_way_places__isnull", True),
                    ),
                    models.Q(
                        ("each_way_denominator__gte", 1),
                        ("each_way_denominator__isnull", False),
                        ("each_way_numerator__gte", 1),
                        ("each_way_numerator__isnull", False),
                        ("each_way_places__gte", 1),
                        ("each_way_places__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="market_each_way_as_a_whole",
            ),
        ),
    ]
