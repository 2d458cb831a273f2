"""Confirming and correcting results."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from project.kit.models import RecordedEvent
from sports.actions import confirm_result, correct_result
from sports.core.results import correct_goal_sides
from sports.errors import ImpossibleIncident, ResultNotReady
from sports.models import EventResult
from sports.queries.results import find_final_result, get_final_result
from sports.queries.scoreboards import get_live_state
from tests.sports.matches import make_live_event, play_to_end

pytestmark = pytest.mark.django_db


def published(event_type: str) -> list[dict[str, Any]]:
    return [row.payload for row in RecordedEvent.objects.filter(type=event_type).order_by("id")]


def test_result_is_the_score_with_its_goals_in_order() -> None:
    event = play_to_end(["away", "home", "home"])

    result = get_final_result(event.pk)

    assert event.status == "completed"
    assert (result.version, result.home_goals, result.away_goals) == (1, 2, 1)
    assert result.goal_sides == ("away", "home", "home")
    assert EventResult.objects.get().outcome == "home"
    assert published("sports.result_confirmed") == [
        {"type": "sports.result_confirmed", "event_id": str(event.pk), "result_version": 1}
    ]


def test_second_confirmation_changes_nothing() -> None:
    event = play_to_end()

    assert confirm_result(event_id=event.pk).version == 1
    assert EventResult.objects.count() == 1
    assert len(published("sports.result_confirmed")) == 1


def test_result_needs_the_final_whistle() -> None:
    event = make_live_event()

    with pytest.raises(ResultNotReady):
        confirm_result(event_id=event.pk)
    with pytest.raises(ResultNotReady):
        correct_result(event_id=event.pk, home_goals=1, away_goals=0, reason="typing error")
    with pytest.raises(ResultNotReady):
        get_final_result(event.pk)

    assert find_final_result(event.pk) is None
    assert EventResult.objects.count() == 0


def test_correction_is_a_new_version_that_counts() -> None:
    event = play_to_end(["home", "away", "home"])

    correct_result(event_id=event.pk, home_goals=1, away_goals=2, reason="goal given to the wrong side")

    result = get_final_result(event.pk)
    assert (result.version, result.goal_sides) == (2, ("home", "away", "away"))
    assert list(EventResult.objects.order_by("version").values_list("home_goals", "away_goals")) == [(2, 1), (1, 2)]
    live = get_live_state(event.pk)
    assert (live.home_goals, live.away_goals) == (1, 2)
    assert [fact["result_version"] for fact in published("sports.result_confirmed")] == [1, 2]
    assert published("sports.result_corrected") == [
        {
            "type": "sports.result_corrected",
            "event_id": str(event.pk),
            "result_version": 2,
            "previous_version": 1,
        }
    ]


def test_correction_with_goals_that_do_not_add_up_is_refused() -> None:
    event = play_to_end()

    with pytest.raises(ImpossibleIncident):
        correct_result(event_id=event.pk, home_goals=1, away_goals=0, reason="?", goal_sides=["home", "home"])

    assert EventResult.objects.count() == 1


@pytest.mark.parametrize(("home_goals", "away_goals"), [(-1, 0), (0, -1), (100, 0), (0, 10**9)])
def test_correction_to_a_score_of_no_match_is_refused(home_goals: int, away_goals: int) -> None:
    event = play_to_end()

    with pytest.raises(ImpossibleIncident):
        correct_result(event_id=event.pk, home_goals=home_goals, away_goals=away_goals, reason="?")

    assert EventResult.objects.count() == 1


@pytest.mark.parametrize(
    ("known", "score", "corrected"),
    [
        (["home", "away", "home"], (1, 1), ["home", "away"]),
        (["home", "away"], (2, 2), ["home", "away", "home", "away"]),
        (["home"], (0, 0), []),
        ([], (0, 1), ["away"]),
    ],
)
def test_corrections_keep_the_known_order(known: list[str], score: tuple[int, int], corrected: list[str]) -> None:
    assert correct_goal_sides(known, home_goals=score[0], away_goals=score[1]) == corrected


def test_result_versions_refuse_change() -> None:
    play_to_end()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE sports_event_result SET home_goals = 9")
