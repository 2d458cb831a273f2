"""The house as a developer, its two models, and the first version of the one that is a formula and needs no training."""

import uuid

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

DEVELOPER_ID = uuid.UUID("0190a000-0000-7000-8000-000000000001")
OUTCOME_MODEL_ID = uuid.UUID("0190a000-0000-7000-8000-000000000011")
CLOSED_FORM_ID = uuid.UUID("0190a000-0000-7000-8000-000000000012")
CLOSED_FORM_VERSION_ID = uuid.UUID("0190a000-0000-7000-8000-000000000021")
# Of the constants of version 1.0.0: ml.core.closed_form makes it, a test compares.
CLOSED_FORM_SHA256 = "df59e6a79ffc919f00f8f7f5bda5946ed256344ef9453d5630afa229ee9705cc"


def add_house(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    now = timezone.now()
    developer, _ = apps.get_model("ml", "Developer").objects.get_or_create(
        is_house=True,
        defaults={
            "id": DEVELOPER_ID,
            "name": "Touchline",
            "company": "Touchline",
            "expertise_areas": ["football", "probability"],
            "created_at": now,
        },
    )
    models = apps.get_model("ml", "MLModel").objects
    models.get_or_create(
        api_name="match-outcome",
        defaults={
            "id": OUTCOME_MODEL_ID,
            "developer": developer,
            "name": "Match outcome",
            "category": "football",
            "description": "Gradient-boosted trees that correct the market before kick-off by ratings learnt from goals, "
            "shots and the prices of past matches. In play the goals still to come carry its view through the match.",
            "created_at": now,
        },
    )
    closed_form, _ = models.get_or_create(
        api_name="closed-form",
        defaults={
            "id": CLOSED_FORM_ID,
            "developer": developer,
            "name": "Closed form",
            "category": "football",
            "description": "The market before kick-off turned into expected goals, and those carried through the match "
            "by a formula fitted to recorded matches. It has no opinion of its own on who is better.",
            "created_at": now,
        },
    )
    version, _ = apps.get_model("ml", "ModelVersion").objects.get_or_create(
        model=closed_form,
        version="1.0.0",
        defaults={
            "id": CLOSED_FORM_VERSION_ID,
            "engine": "closed_form",
            "sha256": CLOSED_FORM_SHA256,
            "created_at": now,
        },
    )
    if closed_form.champion_id is None:
        closed_form.champion = version
        closed_form.save(update_fields=["champion"])


def remove_house(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    models = apps.get_model("ml", "MLModel").objects.filter(api_name__in=["match-outcome", "closed-form"])
    models.update(champion=None)
    apps.get_model("ml", "ModelVersion").objects.filter(model__in=models).delete()
    models.delete()
    apps.get_model("ml", "Developer").objects.filter(is_house=True).delete()


class Migration(migrations.Migration):
    replaces = [("ml", "0002_house_models")]

    dependencies = [("ml", "0001_models_and_insights")]

    operations = [migrations.RunPython(add_house, remove_house)]
