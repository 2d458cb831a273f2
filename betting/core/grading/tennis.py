"""Who won tennis' markets. After a retirement what play has decided stands, and the match once one set is complete."""

from collections.abc import Mapping
from typing import Final

from betting.core.grading.grade import Grades, Question, Rule, all_void, leader, line_grades, quarters, winner_is
from sports.core.score_facts import ScoreFacts

SETS_FOR_A_RETIREMENT: Final = 1


def _match_winner(question: Question, facts: ScoreFacts) -> Grades | None:
    if facts.ending == "retirement" and len(facts.periods) >= SETS_FOR_A_RETIREMENT:
        return winner_is(question, facts.winner)
    return winner_is(question, facts.winner) if facts.is_complete else None


def _set_winner(question: Question, facts: ScoreFacts) -> Grades | None:
    number = int(question.specifiers["set"])
    return winner_is(question, leader(*facts.periods[number - 1])) if number <= len(facts.periods) else None


def _game_winner(question: Question, facts: ScoreFacts) -> Grades | None:
    set_number, game_number = int(question.specifiers["set"]), int(question.specifiers["game"])
    played = facts.games[set_number - 1] if set_number <= len(facts.games) else ()
    if game_number <= len(played):
        return winner_is(question, played[game_number - 1])
    # The set is over without that game.
    return all_void(question) if set_number <= len(facts.periods) else None


def _total_games(question: Question, facts: ScoreFacts) -> Grades | None:
    return line_grades(
        value=sum(map(sum, facts.periods)) + sum(facts.current or ()),
        line_quarters=quarters(question.specifiers["total"]),
        over="over",
        under="under",
        is_complete=facts.is_complete,
        is_final=facts.is_final,
    )


def _game_handicap(question: Question, facts: ScoreFacts) -> Grades | None:
    if not facts.is_complete:
        return None
    return line_grades(
        value=sum(home - away for home, away in facts.periods),
        line_quarters=-quarters(question.specifiers["hcp"]),
        over="home",
        under="away",
        is_complete=True,
        is_final=True,
    )


def _set_score(question: Question, facts: ScoreFacts) -> Grades | None:
    return winner_is(question, f"{facts.home}-{facts.away}") if facts.is_complete else None


RULES: Final[Mapping[str, Rule]] = {
    "match_winner": _match_winner,
    "set_winner": _set_winner,
    "game_winner": _game_winner,
    "total_games": _total_games,
    "game_handicap": _game_handicap,
    "set_score": _set_score,
}
