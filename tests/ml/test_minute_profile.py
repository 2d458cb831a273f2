"""The minute profile: all goals before kick-off, none after the whistle, ever fewer between."""

import itertools

import pytest

from ml.core.closed_form import VERSION, constants_digest
from ml.core.minute_profile import FITTED
from ml.core.profile_fit import fit_profile
from ml.models import ModelVersion


def test_the_whole_match_is_to_come_before_kick_off_and_nothing_after() -> None:
    assert FITTED.remaining("scheduled", 0, 0) == 1.0
    assert FITTED.remaining("first_half", 0, 0) == pytest.approx(1.0, abs=1e-12)
    assert FITTED.remaining("completed", 90, 5) == 0.0


def test_halves_join_at_half_time() -> None:
    half_time = FITTED.remaining("half_time", 45, 3)

    assert half_time == pytest.approx(0.5617, abs=1e-4)
    assert FITTED.remaining("second_half", 45, 0) == half_time
    assert FITTED.remaining("first_half", 45, 0) - half_time == pytest.approx(0.0157, abs=1e-4)


def test_less_is_to_come_with_every_minute_played() -> None:
    played = [("first_half", minute, 0) for minute in range(46)]
    played += [("first_half", 45, added) for added in range(1, 16)]
    played += [("half_time", 45, 0)]
    played += [("second_half", minute, 0) for minute in range(46, 91)]
    played += [("second_half", 90, added) for added in range(1, 16)]
    shares = [FITTED.remaining(*moment) for moment in played]

    assert all(later <= earlier for earlier, later in itertools.pairwise(shares))
    assert shares[-1] > 0.0


def test_the_fit_finds_the_shape_it_was_given() -> None:
    goals = [(minute, 0) for minute in range(1, 91) for _ in range(10)]
    goals += [(45, 1)] * 20 + [(90, added) for added in (1, 2, 3) for _ in range(30)]

    profile = fit_profile(goals)

    total = len(goals)
    assert profile.first.slope == pytest.approx(0.0, abs=1e-12)
    assert profile.first.start == pytest.approx(10 / total)
    assert profile.second.stoppage[0] == pytest.approx(90 / total)
    assert profile.second.stoppage[1] == pytest.approx(60 / total)
    assert profile.remaining("second_half", 90, 3) == pytest.approx(0.0, abs=1e-12)


def test_goals_without_their_added_minute_are_spread_over_stoppage_time() -> None:
    goals = [(minute, 0) for minute in range(1, 91) for _ in range(10)] + [(90, 0)] * 30
    goals += [(90, added) for added in (1, 2) for _ in range(30)]

    assert fit_profile(goals).second.stoppage[0] == pytest.approx(90 / len(goals))


@pytest.mark.django_db
def test_the_registered_closed_form_is_the_code_that_runs() -> None:
    registered = ModelVersion.objects.get(model__api_name="closed-form", version=VERSION)

    assert registered.sha256 == constants_digest()
    assert registered.champion_of.get().api_name == "closed-form"
