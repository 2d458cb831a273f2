"""Who won each selection, from the facts of the event alone; and which markets those facts have decided already.

One rule per sport and market type answers both. `rules` in the catalogue say the same in words.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from betting.core.grading import basketball, football, outright, tennis
from betting.core.grading.grade import LOST, VOID, WON, Grade, Grades, Question, Result, Rule, all_void
from sports.core.score_facts import ScoreFacts

__all__ = ["LOST", "RULES", "VOID", "WON", "Grade", "Result", "grade_market", "is_decided"]

RULES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "football": football.RULES,
    "tennis": tennis.RULES,
    "basketball": basketball.RULES,
    "outright": outright.RULES,
}


def grade_market(
    market_type: str, specifiers: Mapping[str, str], outcomes: Sequence[str], facts: ScoreFacts, *, places: int = 0
) -> Grades:
    """The grade of every outcome of a decided market; `places` are those its each-way bets pay, 0 without.

    What a final event has left undecided is void. Raises ValueError for a type without a rule.
    """
    question = Question(market_type, specifiers, outcomes, places)
    grades = _rule(market_type, facts)(question, facts)
    if grades is None:
        assert facts.is_final, f"{market_type} is not decided yet"
        return all_void(question)
    return grades


def is_decided(market_type: str, specifiers: Mapping[str, str], facts: ScoreFacts) -> bool:
    """Whether nothing that is still to come can change any result of the market: it takes no more bets."""
    if facts.is_final:
        return True
    return _rule(market_type, facts)(Question(market_type, specifiers, ()), facts) is not None


def _rule(market_type: str, facts: ScoreFacts) -> Rule:
    rule = RULES[facts.sport].get(market_type)
    if rule is None:
        raise ValueError(f"no rule settles the market type {market_type!r} of {facts.sport}")
    return rule
