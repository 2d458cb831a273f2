"""Results of selections in football: coherent with each other and with the score, decided no earlier than certain."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betting.core.catalogue import KINDS, specifiers_of
from betting.core.grading import LOST, RULES, VOID, WON, Grade, grade_market, is_decided
from ml.core.inplay import SCORE_NAMES
from sports.core.market_keys import MARKET_RULES, OTHER_SCORES, parse_market_key
from sports.core.score_facts import Ending, ScoreFacts

HALF_WON, HALF_LOST = Grade("won", 1), Grade("lost", 1)
goals = st.lists(st.sampled_from(["home", "away"]), max_size=12)
KEYS = (
    "1x2",
    "double_chance",
    "draw_no_bet",
    "over_under;total=2.5",
    "asian_total;total=2.25",
    "asian_total;total=3",
    "asian_handicap;hcp=-0.75",
    "asian_handicap;hcp=0",
    "both_to_score",
    "correct_score",
    "half_time_full_time",
    "next_goal;goal=2",
    "half_result;half=1",
)
QUARTER_LINES = [f"{quarters / 4:g}" for quarters in range(21)]


def facts_of(sides: list[str], *, first_half: int = 0, ending: Ending = "full") -> ScoreFacts:
    """A match with these goals, `first_half` of them before half time; without an ending it is still on, after it."""
    half = (sides[:first_half].count("home"), sides[:first_half].count("away"))
    score = (sides.count("home"), sides.count("away"))
    rest = (score[0] - half[0], score[1] - half[1])
    return ScoreFacts(
        "football",
        *score,
        periods=(half, rest) if ending == "full" else (half,),
        scorers=tuple(sides),
        is_final=bool(ending),
        ending=ending,
    )


def outcomes_of(key: str) -> list[str]:
    return list(parse_market_key(key).outcomes) or [*SCORE_NAMES, *OTHER_SCORES]


def grades_of(key: str, facts: ScoreFacts) -> dict[str, Grade]:
    return grade_market(parse_market_key(key).market_type, specifiers_of(key), outcomes_of(key), facts)


def is_key_decided(key: str, facts: ScoreFacts) -> bool:
    return is_decided(parse_market_key(key).market_type, specifiers_of(key), facts)


def winners(key: str, facts: ScoreFacts) -> list[str]:
    return [outcome for outcome, grade in grades_of(key, facts).items() if grade == WON]


def test_every_kind_that_is_sold_has_a_rule_a_grammar_and_words() -> None:
    assert {sport: set(kinds) for sport, kinds in KINDS.items()} == {
        sport: set(rules) for sport, rules in RULES.items()
    }
    for kinds in KINDS.values():
        assert set(kinds) <= set(MARKET_RULES)
        assert sorted(kind.sort for kind in kinds.values()) == list(range(1, len(kinds) + 1))
        assert all(kind.rules and all(rule.endswith(".") for rule in kind.rules) for kind in kinds.values())


@pytest.mark.parametrize(
    ("key", "sides", "expected"),
    [
        ("1x2", [], ["draw"]),
        ("1x2", ["away", "home", "away"], ["away"]),
        ("double_chance", ["home"], ["home_or_draw", "home_or_away"]),
        ("double_chance", ["home", "away"], ["home_or_draw", "draw_or_away"]),
        ("double_chance", ["away"], ["home_or_away", "draw_or_away"]),
        ("draw_no_bet", ["away"], ["away"]),
        ("over_under;total=2.5", ["home", "home"], ["under"]),
        ("over_under;total=2.5", ["home", "home", "away"], ["over"]),
        ("both_to_score", ["home", "home"], ["no"]),
        ("both_to_score", ["home", "away"], ["yes"]),
        ("next_goal;goal=1", ["away", "home"], ["away"]),
        ("next_goal;goal=2", ["away", "home"], ["home"]),
        ("next_goal;goal=3", ["away", "home"], ["none"]),
        ("correct_score", ["home", "away", "home"], ["2-1"]),
        ("correct_score", ["home"] * 5, ["other_home"]),
        ("correct_score", ["home", "away"] * 5, ["other_draw"]),
        ("correct_score", ["away"] * 6 + ["home"], ["other_away"]),
    ],
)
def test_winners(key: str, sides: list[str], expected: list[str]) -> None:
    assert winners(key, facts_of(sides)) == expected


@pytest.mark.parametrize(
    ("sides", "first_half", "half", "both"),
    [
        (["home"], 1, "home", "home_home"),
        (["home"], 0, "draw", "draw_home"),
        (["away", "home", "home"], 1, "away", "away_home"),
        (["home", "away"], 1, "home", "home_draw"),
        ([], 0, "draw", "draw_draw"),
    ],
)
def test_halves(sides: list[str], first_half: int, half: str, both: str) -> None:
    facts = facts_of(sides, first_half=first_half)

    assert winners("half_result;half=1", facts) == [half]
    assert winners("half_time_full_time", facts) == [both]


# The tables that bookmakers print for Asian lines: a bet of two halves on the lines beside a quarter line.
@pytest.mark.parametrize(
    ("total", "scored", "over", "under"),
    [
        ("2", 1, LOST, WON),
        ("2", 2, VOID, VOID),
        ("2", 3, WON, LOST),
        ("2.25", 1, LOST, WON),
        ("2.25", 2, HALF_LOST, HALF_WON),
        ("2.25", 3, WON, LOST),
        ("2.5", 2, LOST, WON),
        ("2.5", 3, WON, LOST),
        ("2.75", 2, LOST, WON),
        ("2.75", 3, HALF_WON, HALF_LOST),
        ("2.75", 4, WON, LOST),
        ("3", 3, VOID, VOID),
    ],
)
def test_asian_totals(total: str, scored: int, over: Grade, under: Grade) -> None:
    assert grades_of(f"asian_total;total={total}", facts_of(["home"] * scored)) == {"over": over, "under": under}
    assert grades_of(f"over_under;total={total}", facts_of(["away"] * scored)) == {"over": over, "under": under}


@pytest.mark.parametrize(
    ("handicap", "lead", "home", "away"),
    [
        ("0", 1, WON, LOST),
        ("0", 0, VOID, VOID),
        ("0", -1, LOST, WON),
        ("-0.25", 1, WON, LOST),
        ("-0.25", 0, HALF_LOST, HALF_WON),
        ("-0.25", -1, LOST, WON),
        ("-0.5", 1, WON, LOST),
        ("-0.5", 0, LOST, WON),
        ("-0.75", 2, WON, LOST),
        ("-0.75", 1, HALF_WON, HALF_LOST),
        ("-0.75", 0, LOST, WON),
        ("-1", 2, WON, LOST),
        ("-1", 1, VOID, VOID),
        ("-1", 0, LOST, WON),
        ("-1.25", 2, WON, LOST),
        ("-1.25", 1, HALF_LOST, HALF_WON),
        ("-1.75", 2, HALF_WON, HALF_LOST),
        ("0.25", 0, HALF_WON, HALF_LOST),
        ("0.25", -1, LOST, WON),
        ("0.75", -1, HALF_LOST, HALF_WON),
        ("1", -1, VOID, VOID),
        ("1.25", -1, HALF_WON, HALF_LOST),
        ("1.5", -1, WON, LOST),
    ],
)
def test_asian_handicaps(handicap: str, lead: int, home: Grade, away: Grade) -> None:
    sides = ["home"] * (2 + max(lead, 0)) + ["away"] * (2 + max(-lead, 0))

    assert grades_of(f"asian_handicap;hcp={handicap}", facts_of(sides)) == {"home": home, "away": away}


def test_a_handicap_without_a_line_is_draw_no_bet_and_half_a_goal_is_the_result() -> None:
    for sides in ([], ["home"], ["away"], ["home", "away", "away"]):
        facts = facts_of(sides)
        assert grades_of("asian_handicap;hcp=0", facts) == grades_of("draw_no_bet", facts)
        result = grades_of("1x2", facts)
        assert grades_of("asian_handicap;hcp=-0.5", facts)["home"] == result["home"]
        assert grades_of("asian_handicap;hcp=0.5", facts)["home"] == grades_of("double_chance", facts)["home_or_draw"]


@given(goals)
def test_a_higher_line_never_helps_the_over(sides: list[str]) -> None:
    worth = {LOST: 0, HALF_LOST: 1, VOID: 2, HALF_WON: 3, WON: 4}
    grades = [grades_of(f"asian_total;total={line}", facts_of(sides)) for line in QUARTER_LINES]

    assert all(worth[low["over"]] >= worth[high["over"]] for low, high in pairwise(grades))
    assert all(worth[grade["over"]] + worth[grade["under"]] == 4 for grade in grades)


@given(goals, goals)
def test_what_is_decided_stays_as_it_is(before: list[str], after: list[str]) -> None:
    now, later = facts_of(before, ending=""), facts_of(before + after)
    for key in KEYS:
        if is_key_decided(key, now):
            assert grades_of(key, now) == grades_of(key, later), key


def test_nothing_is_decided_at_the_start_and_everything_at_the_end() -> None:
    start = ScoreFacts("football")
    for key in KEYS:
        assert not is_key_decided(key, start)
        assert is_key_decided(key, facts_of([]))


@pytest.mark.parametrize(
    ("key", "sides", "is_it"),
    [
        ("over_under;total=2.5", ["home"] * 3, True),
        ("over_under;total=2.5", ["home"] * 2, False),
        ("asian_total;total=2", ["home"] * 2, False),
        ("asian_total;total=2.25", ["home"] * 3, True),
        ("asian_total;total=2.75", ["home"] * 3, False),
        ("asian_total;total=2.75", ["home"] * 4, True),
        ("both_to_score", ["home", "away"], True),
        ("next_goal;goal=2", ["home"], False),
        ("next_goal;goal=2", ["home", "home"], True),
        ("half_result;half=1", [], True),
        ("1x2", ["home"] * 9, False),
    ],
)
def test_a_market_is_decided_as_soon_as_nothing_can_change_it(key: str, sides: list[str], is_it: bool) -> None:
    assert is_key_decided(key, facts_of(sides, ending="")) is is_it


def test_an_abandoned_match_keeps_what_play_has_decided_and_voids_the_rest() -> None:
    facts = facts_of(["home", "away", "home"], first_half=1, ending="abandoned")

    assert winners("over_under;total=2.5", facts) == ["over"]
    assert winners("both_to_score", facts) == ["yes"]
    assert winners("next_goal;goal=3", facts) == ["home"]
    assert winners("half_result;half=1", facts) == ["home"]
    for key in (
        "1x2",
        "double_chance",
        "draw_no_bet",
        "correct_score",
        "half_time_full_time",
        "asian_handicap;hcp=-0.5",
    ):
        assert set(grades_of(key, facts).values()) == {VOID}, key
    assert set(grades_of("next_goal;goal=4", facts).values()) == {VOID}
    # The half on 2.5 is decided, the half on 3 is not.
    assert grades_of("asian_total;total=2.75", facts) == {"over": HALF_WON, "under": HALF_LOST}
    assert set(grades_of("asian_total;total=3.25", facts).values()) == {VOID}


def test_a_match_that_was_never_played_is_void_throughout() -> None:
    facts = ScoreFacts("football", is_final=True, ending="cancelled")

    assert {grade for key in KEYS for grade in grades_of(key, facts).values()} == {VOID}


def test_halves_that_nobody_recorded_are_void() -> None:
    facts = ScoreFacts("football", 1, 0, scorers=("home",), is_final=True, ending="full")

    assert set(grades_of("half_result;half=1", facts).values()) == {VOID}
    assert set(grades_of("half_time_full_time", facts).values()) == {VOID}


def test_an_unknown_market_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule settles"):
        grade_market("first_corner", {}, ["home", "away"], facts_of([]))
