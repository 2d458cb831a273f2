"""Insights and models over HTTP, open to everyone."""

from uuid import uuid4

import pytest
from django.test import Client

from ml.actions import refresh_insights
from project.kit.reactions import drain_reactions
from tests.sports.matches import end_match, make_event, make_live_event

pytestmark = pytest.mark.django_db


def test_a_visitor_reads_the_insight_of_an_event(client: Client) -> None:
    event = make_event()
    refresh_insights(event_ids=[event.pk])

    answer = client.get(f"/api/events/{event.pk}/insight")

    assert answer.status_code == 200
    insight = answer.json()
    assert insight["event_id"] == str(event.pk)
    assert [outcome["outcome"] for outcome in insight["outcomes"]] == ["home", "draw", "away"]
    assert set(insight) == {
        "id",
        "event_id",
        "model",
        "engine",
        "is_trained",
        "outcomes",
        "predicted_outcome",
        "confidence",
        "reasons",
        "as_of",
        "minute",
        "note",
        "sealed",
    }


def test_an_event_without_insight_or_existence_is_not_found(client: Client) -> None:
    for event_id in (make_event().pk, uuid4()):
        answer = client.get(f"/api/events/{event_id}/insight")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_models_show_their_public_record(client: Client) -> None:
    event = make_live_event()
    refresh_insights(event_ids=[event.pk])
    end_match(event)
    drain_reactions()

    answer = client.get("/api/models")

    assert answer.status_code == 200
    closed_form, outcome = answer.json()["models"]
    assert (closed_form["api_name"], outcome["api_name"]) == ("closed-form", "match-outcome")
    assert (closed_form["developer"], closed_form["version"], closed_form["engine"]) == (
        "Touchline",
        "1.0.0",
        "closed_form",
    )
    assert closed_form["record"]["n"] == 1
    assert closed_form["record"]["log_loss"] == closed_form["record"]["market_log_loss"]
    assert (outcome["version"], outcome["engine"], outcome["training"]) == ("", None, None)
    assert outcome["record"] == {"n": 0, "log_loss": None, "market_log_loss": None, "correct": 0}
