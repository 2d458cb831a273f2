"""Sealed predictions are scored by final results, and again by corrected ones."""

import math

import pytest

from ml.actions import refresh_insights
from ml.core.scoring import calibration_error, log_loss_of
from ml.models import ModelPerformance
from project.kit.reactions import drain_reactions
from sports.actions import correct_result
from tests.sports.matches import end_match, make_live_event, score_goal

pytestmark = pytest.mark.django_db


def test_a_confirmed_result_scores_what_was_sealed() -> None:
    event = make_live_event()
    refresh_insights(event_ids=[event.pk])
    score_goal(event, "away", minute=10)
    end_match(event)

    drain_reactions()

    performance = ModelPerformance.objects.get()
    sealed = {outcome["outcome"]: outcome["model_probability"] for outcome in performance.insight.outcomes}
    assert performance.insight.event_id == event.pk
    assert (performance.actual_outcome, performance.is_correct, performance.result_version) == ("away", False, 1)
    assert performance.log_loss == pytest.approx(-math.log(sealed["away"]))
    assert performance.market_log_loss == performance.log_loss


def test_a_corrected_result_scores_again_in_the_same_row() -> None:
    event = make_live_event()
    refresh_insights(event_ids=[event.pk])
    score_goal(event, "away", minute=10)
    end_match(event)
    drain_reactions()

    correct_result(event_id=event.pk, home_goals=1, away_goals=0, reason="The goal was given to the wrong side.")
    drain_reactions()

    performance = ModelPerformance.objects.get()
    assert (performance.actual_outcome, performance.is_correct, performance.result_version) == ("home", True, 2)


def test_an_event_nobody_spoke_about_has_no_score() -> None:
    event = make_live_event()
    end_match(event)

    drain_reactions()

    assert ModelPerformance.objects.count() == 0


def test_losses_are_exact_and_bounded() -> None:
    assert log_loss_of({"home": 0.5, "draw": 0.25, "away": 0.25}, "home") == pytest.approx(math.log(2))
    assert log_loss_of({"home": 0.0, "draw": 0.0, "away": 1.0}, "home") == pytest.approx(-math.log(1e-9))


def test_perfectly_calibrated_chances_have_no_error() -> None:
    import numpy as np

    stated = np.tile([0.5, 0.25, 0.25], (400, 1))
    outcomes = np.tile([0, 0, 1, 2], 100)

    assert calibration_error(stated, outcomes, bins=3) == pytest.approx(0.0, abs=1e-12)
    assert calibration_error(stated, np.zeros(400, dtype=np.int64), bins=3) == pytest.approx(1 / 3, abs=1e-9)
