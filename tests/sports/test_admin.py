"""Sports in the back office: everything to be seen, nothing to be changed, no future to be read."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from sports.actions import record_incident
from sports.models import Event, FeedCursor
from tests.people import make_person
from tests.sports.matches import play_to_end
from tests.sports.other_events import make_outright, started
from tests.sports.test_feed_engine import BEGIN, open_at

pytestmark = pytest.mark.django_db

REGISTERED = [model for model in apps.get_app_config("sports").get_models() if admin.site.is_registered(model)]


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_person("root", "ADMIN"))
    return client


def test_every_list_opens_and_none_can_be_added_to(desk: Client) -> None:
    play_to_end()

    for model in REGISTERED:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert desk.get(reverse(f"{name}_changelist")).status_code == 200, name
        assert desk.get(reverse(f"{name}_add")).status_code == 403, name


def test_an_event_is_shown_with_its_incidents_and_stays_as_it_is(desk: Client) -> None:
    event = play_to_end(["home"])
    address = reverse("admin:sports_event_change", args=[event.pk])

    page = desk.get(address)
    refused = desk.post(address, {"name": "Other", "status": "scheduled"})

    assert page.status_code == 200
    assert b"kick_off" in page.content
    assert refused.status_code == 403
    assert Event.objects.get().name == event.name


def test_the_end_of_a_race_names_its_first(desk: Client) -> None:
    race = started(make_outright(4))
    record_incident(event_id=race.pk, incident_type="finish", minute=0, places=(2, 1, 3, 4))

    page = desk.get(reverse("admin:sports_event_change", args=[race.pk])).content.decode()

    assert "1. Rider 2, 2. Rider 1, 3. Rider 3" in page
    assert "1. p2" not in page


def test_plans_of_running_matches_are_nobodys_to_read(desk: Client) -> None:
    open_at(BEGIN, live_matches=1)
    cursor = FeedCursor.objects.filter(event__isnull=False).first()
    assert cursor is not None

    page = desk.get(reverse("admin:sports_feedcursor_change", args=[cursor.pk]))

    assert page.status_code == 200
    assert b"first_half_added" not in page.content
