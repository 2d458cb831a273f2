"""Who won football's markets: 90 minutes and stoppage time; what play has decided stands when a match is abandoned."""

from collections.abc import Mapping
from typing import Final

from betting.core.grading.grade import LOST, VOID, WON, Grades, Question, Rule, leader, line_grades, quarters, winner_is
from sports.core.score_facts import ScoreFacts

_DOUBLE: Final = {
    "home_or_draw": ("home", "draw"),
    "home_or_away": ("home", "away"),
    "draw_or_away": ("draw", "away"),
}


def _result(question: Question, facts: ScoreFacts) -> Grades | None:
    return winner_is(question, leader(facts.home, facts.away)) if facts.is_complete else None


def _double_chance(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete:
        return None
    result = leader(facts.home, facts.away)
    return {outcome: WON if result in _DOUBLE[outcome] else LOST for outcome in question.outcomes}


def _draw_no_bet(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete:
        return None
    if facts.home == facts.away:
        return dict.fromkeys(question.outcomes, VOID)
    return winner_is(question, leader(facts.home, facts.away))


def _total(question: Question, facts: ScoreFacts) -> Grades | None:
    return line_grades(
        value=facts.total,
        line_quarters=quarters(question.specifiers["total"]),
        over="over",
        under="under",
        is_complete=facts.is_complete,
        is_final=facts.is_final,
    )


def _handicap(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete:
        return None
    return line_grades(
        value=facts.home - facts.away,
        line_quarters=-quarters(question.specifiers["hcp"]),
        over="home",
        under="away",
        is_complete=True,
        is_final=True,
    )


def _both_to_score(question: Question, facts: ScoreFacts) -> Grades | None:
    if facts.home and facts.away:
        return winner_is(question, "yes")
    return winner_is(question, "no") if facts.is_complete else None


def _next_goal(question: Question, facts: ScoreFacts) -> Grades | None:
    number = int(question.specifiers["goal"])
    if number <= len(facts.scorers):
        return winner_is(question, facts.scorers[number - 1])
    return winner_is(question, "none") if facts.is_complete else None


def _correct_score(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete:
        return None
    exact = f"{facts.home}-{facts.away}"
    return winner_is(question, exact if exact in question.outcomes else f"other_{leader(facts.home, facts.away)}")


def _half_result(question: Question, facts: ScoreFacts) -> Grades | None:
    """Void after the match where nobody recorded the halves."""
    number = int(question.specifiers["half"])
    return winner_is(question, leader(*facts.periods[number - 1])) if number <= len(facts.periods) else None


def _half_time_full_time(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete or not facts.periods:
        return None
    return winner_is(question, f"{leader(*facts.periods[0])}_{leader(facts.home, facts.away)}")


RULES: Final[Mapping[str, Rule]] = {
    "1x2": _result,
    "double_chance": _double_chance,
    "draw_no_bet": _draw_no_bet,
    "over_under": _total,
    "asian_total": _total,
    "asian_handicap": _handicap,
    "both_to_score": _both_to_score,
    "correct_score": _correct_score,
    "half_time_full_time": _half_time_full_time,
    "next_goal": _next_goal,
    "half_result": _half_result,
}
