"""Ratings can be reported and hidden."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("community", "0004_first_shelves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="report",
            name="community_report_one_subject",
        ),
        migrations.AddField(
            model_name="ratingreview",
            name="is_hidden",
            field=models.BooleanField(default=False, help_text="By a moderator: it is not shown and does not count"),
        ),
        migrations.AddField(
            model_name="report",
            name="rating",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="community.ratingreview",
            ),
        ),
        migrations.AlterField(
            model_name="moderationaction",
            name="subject_type",
            field=models.CharField(
                choices=[
                    ("post", "Thread"),
                    ("reply", "Reply"),
                    ("message", "Message"),
                    ("rating", "Rating"),
                    ("report", "Report"),
                    ("person", "Person"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="subject_type",
            field=models.CharField(
                choices=[("post", "Thread"), ("reply", "Reply"), ("message", "Message"), ("rating", "Rating")],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("message__isnull", True),
                        ("post__isnull", False),
                        ("rating__isnull", True),
                        ("reply__isnull", True),
                        ("subject_type", "post"),
                    ),
                    models.Q(
                        ("message__isnull", True),
                        ("post__isnull", True),
                        ("rating__isnull", True),
                        ("reply__isnull", False),
                        ("subject_type", "reply"),
                    ),
                    models.Q(
                        ("message__isnull", False),
                        ("post__isnull", True),
                        ("rating__isnull", True),
                        ("reply__isnull", True),
                        ("subject_type", "message"),
                    ),
                    models.Q(
                        ("message__isnull", True),
                        ("post__isnull", True),
                        ("rating__isnull", False),
                        ("reply__isnull", True),
                        ("subject_type", "rating"),
                    ),
                    _connector="OR",
                ),
                name="community_report_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")),
                fields=("reporter", "rating"),
                name="community_report_open_rating",
            ),
        ),
    ]
