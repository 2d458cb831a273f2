"""Who won and who was placed in an outright event: ties share what is left of the places, who did not start is void."""

from collections.abc import Mapping
from typing import Final

from betting.core.grading.grade import LOST, VOID, Grade, Grades, Question, Rule
from sports.core.score_facts import Placing, ScoreFacts


def _outright_winner(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete:
        return None
    return {outcome: _each_way(outcome, facts, question.places) for outcome in question.outcomes}


def _each_way(outcome: str, facts: ScoreFacts, places: int) -> Grade:
    win = _grade(outcome, facts, 1)
    if not places:
        return win
    place = _grade(outcome, facts, places)
    return Grade(
        win.result,
        win.void_halves,
        dead_heat_places=win.dead_heat_places,
        dead_heat_tied=win.dead_heat_tied,
        place_result=place.result,
        place_dead_heat_places=place.dead_heat_places,
        place_dead_heat_tied=place.dead_heat_tied,
    )


def _top_finish(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete:
        return None
    places = int(question.specifiers["places"])
    return {outcome: _grade(outcome, facts, places) for outcome in question.outcomes}


def _grade(outcome: str, facts: ScoreFacts, places: int) -> Grade:
    """Among the first `places`? Tied runners share the places that are left when they come in."""
    if outcome in facts.withdrawn:
        return VOID
    placing = facts.finish.get(outcome, _UNPLACED)
    places_left = places - placing.place + 1
    if places_left < 1:
        return LOST
    if places_left >= placing.tied:
        return Grade("won")
    return Grade("won", dead_heat_places=places_left, dead_heat_tied=placing.tied)


_UNPLACED: Final = Placing(10_000)

RULES: Final[Mapping[str, Rule]] = {"outright_winner": _outright_winner, "top_finish": _top_finish}
