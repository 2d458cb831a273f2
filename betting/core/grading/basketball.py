"""Who won basketball's markets: overtime counts, but is no part of the fourth quarter."""

from collections.abc import Mapping
from typing import Final

from betting.core.grading.grade import Grades, Question, Rule, leader, line_grades, quarters, winner_is
from sports.core.score_facts import ScoreFacts


def _match_winner(question: Question, facts: ScoreFacts) -> Grades | None:
    return winner_is(question, leader(facts.home, facts.away)) if facts.is_complete else None


def _points_handicap(question: Question, facts: ScoreFacts) -> Grades | None:
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


def _total_points(question: Question, facts: ScoreFacts) -> Grades | None:
    return line_grades(
        value=facts.total,
        line_quarters=quarters(question.specifiers["total"]),
        over="over",
        under="under",
        is_complete=facts.is_complete,
        is_final=facts.is_final,
    )


def _quarter_result(question: Question, facts: ScoreFacts) -> Grades | None:
    number = int(question.specifiers["quarter"])
    return winner_is(question, leader(*facts.periods[number - 1])) if number <= len(facts.periods) else None


RULES: Final[Mapping[str, Rule]] = {
    "match_winner": _match_winner,
    "points_handicap": _points_handicap,
    "total_points": _total_points,
    "quarter_result": _quarter_result,
}
