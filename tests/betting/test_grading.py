"""Results of selections: coherent with each other and with the score, and decided no earlier than certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.catalogue import market_keys, specifiers_of
from betting.core.grading import LOST, VOID, WON, Grade, Score, grade_market, is_decided
from ml.core.inplay import SCORE_NAMES
from sports.core.market_keys import OTHER_SCORES, parse_market_key

goals = st.lists(st.sampled_from(["home", "away"]), max_size=12)


def score_of(sides: list[str], *, is_final: bool = True) -> Score:
    return Score(sides.count("home"), sides.count("away"), tuple(sides), is_final=is_final)


def outcomes_of(key: str) -> list[str]:
    return list(parse_market_key(key).outcomes) or [*SCORE_NAMES, *OTHER_SCORES]


def grades_of(key: str, score: Score) -> dict[str, Grade]:
    return grade_market(parse_market_key(key).market_type, specifiers_of(key), outcomes_of(key), score)


@given(goals, st.integers(min_value=0, max_value=12))
def test_exactly_one_outcome_of_every_market_wins(sides: list[str], goals_before: int) -> None:
    for key in market_keys(goals_before):
        grades = grades_of(key, score_of(sides))

        assert sorted(grade.result for grade in grades.values()).count("won") == 1, key
        assert all(grade.void_halves == 0 for grade in grades.values())


@pytest.mark.parametrize(
    ("key", "sides", "winner"),
    [
        ("1x2", [], "draw"),
        ("1x2", ["away", "home", "away"], "away"),
        ("over_under;total=2.5", ["home", "home"], "under"),
        ("over_under;total=2.5", ["home", "home", "away"], "over"),
        ("both_to_score", ["home", "home"], "no"),
        ("both_to_score", ["home", "away"], "yes"),
        ("next_goal;goal=1", ["away", "home"], "away"),
        ("next_goal;goal=2", ["away", "home"], "home"),
        ("next_goal;goal=3", ["away", "home"], "none"),
        ("correct_score", ["home", "away", "home"], "2-1"),
        ("correct_score", ["home"] * 5, "other_home"),
        ("correct_score", ["home", "away"] * 5, "other_draw"),
        ("correct_score", ["away"] * 6 + ["home"], "other_away"),
    ],
)
def test_winners(key: str, sides: list[str], winner: str) -> None:
    assert [outcome for outcome, grade in grades_of(key, score_of(sides)).items() if grade == WON] == [winner]


@pytest.mark.parametrize(
    ("total", "goals_scored", "over", "under"),
    [
        ("2", 1, LOST, WON),
        ("2", 2, VOID, VOID),
        ("2", 3, WON, LOST),
        ("2.25", 2, Grade("lost", 1), Grade("won", 1)),
        ("2.25", 3, WON, LOST),
        ("2.75", 3, Grade("won", 1), Grade("lost", 1)),
        ("2.75", 2, LOST, WON),
    ],
)
def test_whole_lines_push_and_quarter_lines_halve(total: str, goals_scored: int, over: Grade, under: Grade) -> None:
    grades = grades_of(f"over_under;total={total}", score_of(["home"] * goals_scored))

    assert grades == {"over": over, "under": under}


@given(goals, goals)
def test_what_is_decided_stays_as_it_is(before: list[str], after: list[str]) -> None:
    now, later = score_of(before, is_final=False), score_of(before + after)
    for key in market_keys(max(0, len(before) - 1)):
        if is_decided(parse_market_key(key).market_type, specifiers_of(key), now):
            assert grades_of(key, now) == grades_of(key, later), key


def test_everything_is_decided_at_the_end_and_nothing_at_the_start() -> None:
    for key in market_keys(0):
        market_type, specifiers = parse_market_key(key).market_type, specifiers_of(key)
        assert is_decided(market_type, specifiers, score_of([]))
        assert not is_decided(market_type, specifiers, score_of([], is_final=False))


def test_an_unknown_market_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule settles"):
        grade_market("first_corner", {}, ["home", "away"], score_of([]))
