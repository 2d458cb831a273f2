"""Insights: on every event from the start, in play with the match, sealed at kick-off, by the newest champion."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from ml.actions import refresh_insights, train_house_model
from ml.core.insight import seal_of
from ml.models import BettingModelInsight
from ml.queries.insights import describe_insight, find_insight, find_said_before
from ml.queries.open_events import list_events_behind
from ml.schemas import InsightReply
from ml.streams import EVENT_INSIGHT
from project.kit import clock
from project.kit.models import RecordedEvent
from project.kit.topics import Tally
from sports.actions import advance_clock, record_incident, start_event
from sports.models import Event
from tests.ml.history import import_league
from tests.sports.matches import AWAY, HOME, end_match, make_event, make_live_event, score_goal

pytestmark = pytest.mark.django_db

CHANCES = {"home": 0.460174, "draw": 0.27798, "away": 0.261846}  # of 2.10, 3.40, 3.60 by the power method


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(autouse=True)
def kept_models(settings: Settings, model_folder: Path) -> None:
    """The first test that trains keeps the model for the others."""
    settings.CACHE_FOLDER = model_folder


def refresh(event: Event) -> InsightReply:
    refresh_insights(event_ids=[event.pk])
    insight = find_insight(event.pk)
    assert insight is not None
    return describe_insight(insight, find_said_before(event.pk))


def chances(insight: InsightReply) -> dict[str, float]:
    return {outcome.outcome: outcome.model_probability for outcome in insight.outcomes}


def test_before_training_the_closed_form_speaks_and_says_so() -> None:
    event = make_event()

    insight = refresh(event)

    assert (insight.model, insight.engine, insight.is_trained) == ("closed-form@1.0.0", "closed_form", False)
    assert chances(insight) == CHANCES
    assert sum(chances(insight).values()) == pytest.approx(1.0, abs=1e-5)
    assert [outcome.name for outcome in insight.outcomes] == [HOME.name, "Draw", AWAY.name]
    assert all(outcome.edge == 0.0 for outcome in insight.outcomes)
    assert insight.predicted_outcome == "home"
    assert insight.confidence == chances(insight)["home"]
    assert insight.note.startswith("No trained model has spoken yet")
    assert (insight.minute, insight.sealed) == (None, None)
    assert RecordedEvent.objects.filter(type="ml.insight_published").count() == 1


def test_an_event_without_prices_gets_an_average_match() -> None:
    insight = refresh(make_event(odds={}))

    assert "No bookmaker had prices" in insight.note
    assert insight.predicted_outcome == "home"


def test_after_training_every_open_event_hears_from_the_model() -> None:
    event = make_event()
    refresh(event)
    import_league()
    train_house_model()

    assert list_events_behind() == [event.pk]
    insight = refresh(event)

    assert (insight.model, insight.engine, insight.is_trained) == ("match-outcome@1.0.0", "catboost", True)
    assert sum(chances(insight).values()) == pytest.approx(1.0, abs=1e-5)
    assert any(outcome.edge != 0.0 for outcome in insight.outcomes)
    assert all(
        outcome.edge == pytest.approx(outcome.model_probability - outcome.market_probability, abs=2e-6)
        for outcome in insight.outcomes
    )
    assert insight.reasons[0].text == f"Bookmakers' prices before kick-off give a win for {HOME.name} 46%"
    assert RecordedEvent.objects.filter(type="ml.insight_published").count() == 2
    assert list_events_behind() == []


def test_a_trained_opinion_comes_with_reasons_of_its_own() -> None:
    import_league()
    train_house_model()
    league_event = make_event()

    reasons = refresh(league_event).reasons

    assert 1 <= len(reasons) <= 5
    assert all(reason.text and reason.effect in ("for", "against") and reason.weight > 0.0 for reason in reasons)
    assert [reason.weight for reason in reasons] == sorted((reason.weight for reason in reasons), reverse=True)


def test_in_play_both_views_move_with_the_match() -> None:
    import_league()
    train_house_model()
    event = make_event()
    before = refresh(event)
    live = make_live_event()
    score_goal(live, "away", minute=30)

    insight = refresh(live)

    assert insight.minute == 30
    assert insight.predicted_outcome == "away"
    assert chances(insight)["away"] > chances(before)["away"] + 0.2
    market = {outcome.outcome: outcome.market_probability for outcome in insight.outcomes}
    assert market["away"] > 0.45
    assert insight.reasons[0].text == f"{AWAY.name} lead 0-1 after 30 minutes"
    assert insight.reasons[0].effect == "for"


def test_a_red_card_is_a_reason() -> None:
    event = make_live_event()
    record_incident(event_id=event.pk, incident_type="red_card", side="away", minute=20)

    insight = refresh(event)

    assert f"{AWAY.name} are down to 10" in [reason.text for reason in insight.reasons]
    assert chances(insight)["home"] > CHANCES["home"] + 0.15


def test_the_last_word_before_kick_off_is_sealed_and_cannot_be_edited() -> None:
    event = make_event()
    before = refresh(event)

    start_event(event_id=event.pk)
    insight = refresh(event)

    assert insight.sealed is not None
    row = BettingModelInsight.objects.get(event=event, stage="before")
    assert insight.sealed.outcomes == before.outcomes
    assert insight.sealed.seal == seal_of(
        event_id=str(event.pk), model=before.model, said_at=row.prediction_date.isoformat(), outcomes=row.outcomes
    )
    changes: list[dict[str, Any]] = [{"confidence_score": 0.99}, {"outcomes": []}, {"sealed_at": None, "seal": ""}]
    for change in changes:
        with pytest.raises(IntegrityError, match="is sealed"), transaction.atomic():
            BettingModelInsight.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="is sealed"), transaction.atomic():
        BettingModelInsight.objects.filter(pk=row.pk).delete()


def test_a_model_trained_during_the_match_does_not_speak_about_it() -> None:
    event = make_live_event()
    refresh(event)
    import_league()
    train_house_model()
    score_goal(event, "home", minute=5)

    insight = refresh(event)

    assert insight.model == "closed-form@1.0.0"
    assert insight.sealed is not None
    assert insight.sealed.model == "closed-form@1.0.0"


def test_a_refresh_without_news_writes_and_sends_nothing() -> None:
    event = make_live_event()
    refresh(event)
    version = find_insight(event.pk).version  # type: ignore[union-attr]  # refreshed above

    assert refresh_insights(event_ids=[event.pk]) == 0
    assert find_insight(event.pk).version == version  # type: ignore[union-attr]  # see above


def test_versions_only_grow_and_the_topic_shows_the_newest() -> None:
    event = make_event()
    versions = [refresh_and_version(event)]

    start_event(event_id=event.pk)
    versions.append(refresh_and_version(event))
    advance_clock(event_id=event.pk, minute=7)
    versions.append(refresh_and_version(event))

    assert versions == [1, 2, 3]
    arguments = {"event_id": str(event.pk)}
    (image,) = EVENT_INSIGHT.image(arguments)
    assert (image.key, image.version) == ("insight", 3)
    assert image.value is not None
    assert image.value["minute"] == 7
    assert EVENT_INSIGHT.tally is not None
    assert EVENT_INSIGHT.tally([arguments, {"event_id": str(UUID(int=0))}]) == [Tally(1, 3), Tally(0, 0)]


def refresh_and_version(event: Event) -> int:
    refresh_insights(event_ids=[event.pk])
    insight = find_insight(event.pk)
    assert insight is not None
    return insight.version


def test_the_sweep_finds_what_is_behind_and_nothing_else() -> None:
    scheduled, live = make_event(), make_live_event()
    assert set(list_events_behind()) == {scheduled.pk, live.pk}
    refresh_insights(event_ids=list_events_behind())
    assert list_events_behind() == []

    advance_clock(event_id=live.pk, minute=3)
    assert list_events_behind() == [live.pk]
    refresh_insights(event_ids=list_events_behind())
    end_match(live)
    assert list_events_behind() == [live.pk]

    with clock.frozen(clock.now() + timedelta(days=2)):
        assert list_events_behind() == []


def test_a_finished_match_is_certain() -> None:
    event = make_live_event()
    refresh(event)
    score_goal(event, "home", minute=80)
    end_match(event)

    insight = refresh(event)

    assert chances(insight) == {"home": 1.0, "draw": 0.0, "away": 0.0}
    assert insight.confidence == 1.0


def test_many_events_cost_a_constant_number_of_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    events = [make_live_event().pk for _ in range(6)]
    refresh_insights(event_ids=events)
    for event_id in events:
        advance_clock(event_id=event_id, minute=9)

    with django_assert_max_num_queries(14):
        assert refresh_insights(event_ids=events) == 6


@pytest.mark.django_db(transaction=True)
def test_scheduling_start_and_incidents_ask_for_a_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: sent.append(name), raising=False)
    event = make_live_event()
    score_goal(event, "home", minute=2)

    assert sent.count("ml.publish_insight") == 1  # one waits: the others are coalesced with it
