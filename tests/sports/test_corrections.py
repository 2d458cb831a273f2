"""Corrected results of every sport: a new version with the facts as they should have been."""

import pytest

from sports.actions import confirm_result, correct_event_result, correct_result, record_incident
from sports.core.corrections import (
    BasketballCorrection,
    Correction,
    FootballCorrection,
    OutrightCorrection,
    TennisCorrection,
)
from sports.core.score_facts import Placing
from sports.core.tennis.state import Games
from sports.errors import ImpossibleIncident, ResultNotReady
from sports.models import Event, EventResult
from sports.queries.results import get_final_result
from tests.sports.matches import make_live_event, play_to_end
from tests.sports.other_events import make_basketball, make_outright, make_tennis, started

pytestmark = pytest.mark.django_db

LOVE: Games = ("home",) * 6
LOST: Games = ("away",) * 6
SHORT: Games = ("home",) * 5
AFTER_ITS_END: Games = ("home",) * 6 + ("away",) * 5 + ("home",)  # 7-5, though it was over at 6-0
WITHOUT_TIE_BREAK: Games = ("home", "away") * 6 + ("home", "home")  # 8-6


def play_tennis() -> Event:
    event = started(make_tennis())
    for _ in range(12):
        record_incident(event_id=event.pk, incident_type="game", side="home", minute=0)
    confirm_result(event_id=event.pk)
    return event


def play_basketball() -> Event:
    event = started(make_basketball())
    record_incident(event_id=event.pk, incident_type="basket", side="home", minute=0, number=2)
    for quarter in range(1, 5):
        record_incident(event_id=event.pk, incident_type="period_end", minute=10 * quarter)
        if quarter < 4:
            record_incident(event_id=event.pk, incident_type="period_start", minute=10 * quarter)
    confirm_result(event_id=event.pk)
    return event


def play_outright() -> Event:
    event = started(make_outright(3))
    record_incident(event_id=event.pk, incident_type="finish", minute=0, places=(1, 2, 3))
    confirm_result(event_id=event.pk)
    return event


def test_a_tennis_result_is_corrected_game_by_game() -> None:
    event = play_tennis()

    correct_event_result(event_id=event.pk, correction=TennisCorrection((LOVE, LOST, LOVE)), reason="a set was missing")
    facts = get_final_result(event.pk).facts

    assert (facts.home, facts.away, facts.periods) == (2, 1, ((6, 0), (0, 6), (6, 0)))
    assert get_final_result(event.pk).version == 2


def test_a_basketball_result_is_corrected_period_by_period() -> None:
    event = play_basketball()

    level = ((2, 2), (0, 0), (0, 0), (0, 0))
    correction = BasketballCorrection((*level, (0, 3)))
    correct_event_result(event_id=event.pk, correction=correction, reason="a basket was missing")

    assert get_final_result(event.pk).facts.winner == "away"
    assert EventResult.objects.order_by("-version")[0].outcome == "away"


def test_places_are_corrected_with_ties() -> None:
    event = play_outright()

    correct_event_result(event_id=event.pk, correction=OutrightCorrection((1, 1, 0)), reason="photo finish")

    assert get_final_result(event.pk).facts.finish == {"p1": Placing(1, 2), "p2": Placing(1, 2)}


def test_a_corrected_football_score_keeps_the_first_half_as_far_as_it_can() -> None:
    event = play_to_end(["home", "home"])

    correct_result(event_id=event.pk, home_goals=1, away_goals=1, reason="a goal was another's")

    facts = get_final_result(event.pk).facts
    assert (facts.periods, facts.scorers) == (((1, 0), (0, 1)), ("home", "away"))


@pytest.mark.parametrize(
    "correction",
    [
        TennisCorrection((LOVE,)),
        TennisCorrection((LOVE, LOVE, LOVE)),
        TennisCorrection((LOVE, SHORT)),
        TennisCorrection((LOVE, AFTER_ITS_END)),
        TennisCorrection((LOVE, WITHOUT_TIE_BREAK)),
        FootballCorrection(1, 0),
    ],
)
def test_what_no_tennis_match_ends_like_changes_nothing(correction: Correction) -> None:
    event = play_tennis()

    with pytest.raises(ImpossibleIncident):
        correct_event_result(event_id=event.pk, correction=correction, reason="")
    assert EventResult.objects.count() == 1


@pytest.mark.parametrize(
    "periods", [((1, 0),), ((1, 1), (0, 0), (0, 0), (0, 0)), ((1, 0), (0, 0), (0, 0), (0, 0), (1, 0)), ((-1, 0),) * 4]
)
def test_what_no_basketball_match_ends_like_changes_nothing(periods: tuple[tuple[int, int], ...]) -> None:
    event = play_basketball()

    with pytest.raises(ImpossibleIncident):
        correct_event_result(event_id=event.pk, correction=BasketballCorrection(periods), reason="")
    assert EventResult.objects.count() == 1


def test_there_must_be_a_result() -> None:
    event = make_live_event()

    with pytest.raises(ResultNotReady):
        correct_event_result(event_id=event.pk, correction=FootballCorrection(1, 0), reason="")
