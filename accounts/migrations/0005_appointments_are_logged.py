"""The activity log knows that somebody was given a role; the database holds any word."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_barred_people_are_found")]

    operations = [
        migrations.AlterField(
            "activitylog",
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
                    ("limit_changed", "Changed a limit of their own"),
                    ("timed_out", "Took a time-out"),
                    ("self_excluded", "Excluded themselves"),
                    ("appointed", "Was given a role"),
                    ("compliance_recorded", "A check was recorded"),
                ],
                max_length=40,
            ),
        )
    ]
