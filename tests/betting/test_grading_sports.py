"""Results of selections in tennis, basketball and outright events: retirements, overtime, ties and withdrawals."""

import pytest

from betting.core.catalogue import specifiers_of
from betting.core.grading import LOST, VOID, WON, Grade, grade_market, is_decided
from sports.core.market_keys import parse_market_key
from sports.core.score_facts import Placing, ScoreFacts

SET_SCORES = ("2-0", "2-1", "0-2", "1-2")
FIELD = tuple(f"p{number}" for number in range(1, 9))


def grades_of(key: str, facts: ScoreFacts, *, places: int = 0) -> dict[str, Grade]:
    parsed = parse_market_key(key)
    outcomes = parsed.outcomes or (SET_SCORES if parsed.market_type == "set_score" else FIELD)
    return grade_market(parsed.market_type, specifiers_of(key), outcomes, facts, places=places)


def decided(key: str, facts: ScoreFacts) -> bool:
    return is_decided(parse_market_key(key).market_type, specifiers_of(key), facts)


def winners(key: str, facts: ScoreFacts) -> list[str]:
    return [outcome for outcome, grade in grades_of(key, facts).items() if grade == WON]


def games(home: int, away: int) -> tuple[str, ...]:
    """A set with these games, the winner's last."""
    last = "home" if home > away else "away"
    rest = ["home"] * (home - (last == "home")) + ["away"] * (away - (last == "away"))
    return (*rest, last)


# 6-4 3-6 7-6
WHOLE = ScoreFacts(
    "tennis",
    2,
    1,
    periods=((6, 4), (3, 6), (7, 6)),
    games=(games(6, 4), games(3, 6), games(7, 6)),
    is_final=True,
    ending="full",
    winner="home",
)
# 6-4 2-1, then the home player gives up.
RETIRED = ScoreFacts(
    "tennis",
    1,
    0,
    periods=((6, 4),),
    current=(2, 1),
    games=(games(6, 4), games(2, 1)),
    is_final=True,
    ending="retirement",
    winner="away",
)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("match_winner", ["home"]),
        ("set_winner;set=1", ["home"]),
        ("set_winner;set=2", ["away"]),
        ("set_winner;set=3", ["home"]),
        ("set_score", ["2-1"]),
        ("total_games;total=31.5", ["over"]),
        ("total_games;total=32.5", ["under"]),
        ("game_handicap;hcp=0.5", ["home"]),
        ("game_handicap;hcp=-0.5", ["away"]),
        ("game_winner;game=10;set=1", ["home"]),
        ("game_winner;game=1;set=1", ["home"]),
        ("game_winner;game=13;set=3", ["home"]),
    ],
)
def test_tennis(key: str, expected: list[str]) -> None:
    assert winners(key, WHOLE) == expected


def test_a_set_or_a_game_that_was_not_needed_is_void() -> None:
    straight = ScoreFacts(
        "tennis", 2, 0, ((6, 0), (6, 1)), games=(games(6, 0), games(6, 1)), is_final=True, ending="full", winner="home"
    )

    assert set(grades_of("set_winner;set=3", straight).values()) == {VOID}
    assert set(grades_of("game_winner;game=7;set=1", straight).values()) == {VOID}
    assert decided("game_winner;game=7;set=1", ScoreFacts("tennis", 1, 0, ((6, 0),), games=(games(6, 0),)))


def test_a_retirement_keeps_what_is_decided_and_the_match_once_a_set_is_complete() -> None:
    assert winners("match_winner", RETIRED) == ["away"]
    assert winners("set_winner;set=1", RETIRED) == ["home"]
    assert winners("game_winner;game=3;set=2", RETIRED) == ["home"]
    assert winners("total_games;total=12.5", RETIRED) == ["over"]
    for key in ("set_winner;set=2", "set_score", "total_games;total=13.5", "game_handicap;hcp=-1.5"):
        assert set(grades_of(key, RETIRED).values()) == {VOID}, key
    assert set(grades_of("game_winner;game=4;set=2", RETIRED).values()) == {VOID}


@pytest.mark.parametrize("ending", ["retirement", "walkover"])
def test_a_match_that_ends_before_a_set_is_complete_is_void(ending: str) -> None:
    facts = ScoreFacts(
        "tennis",
        current=(4, 2) if ending == "retirement" else None,
        games=(games(4, 2),) if ending == "retirement" else (),
        is_final=True,
        ending=ending,  # type: ignore[arg-type]  # one of the endings
        winner="home",
    )

    assert set(grades_of("match_winner", facts).values()) == {VOID}
    assert set(grades_of("set_winner;set=1", facts).values()) == {VOID}


def test_tennis_markets_are_decided_as_play_goes_on() -> None:
    now = ScoreFacts("tennis", 1, 0, ((7, 5),), current=(5, 5), games=(games(7, 5), games(5, 5)))

    assert decided("set_winner;set=1", now)
    assert not decided("set_winner;set=2", now)
    assert decided("total_games;total=21.5", now)
    assert not decided("total_games;total=22.5", now)
    assert decided("game_winner;game=10;set=2", now)
    assert not decided("game_winner;game=11;set=2", now)
    assert not decided("match_winner", now)


# 20-25, 30-22, 18-25, 24-20, level at 92; 12-8 in overtime.
GAME = ScoreFacts(
    "basketball",
    104,
    100,
    periods=((20, 25), (30, 22), (18, 25), (24, 20), (12, 8)),
    is_final=True,
    ending="full",
    winner="home",
)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("match_winner", ["home"]),
        ("points_handicap;hcp=-3.5", ["home"]),
        ("points_handicap;hcp=-4.5", ["away"]),
        ("points_handicap;hcp=4", ["home"]),
        ("total_points;total=203.5", ["over"]),
        ("total_points;total=204.5", ["under"]),
        ("quarter_result;quarter=1", ["away"]),
        ("quarter_result;quarter=2", ["home"]),
        ("quarter_result;quarter=4", ["home"]),
    ],
)
def test_basketball_counts_overtime_but_not_in_the_fourth_quarter(key: str, expected: list[str]) -> None:
    assert winners(key, GAME) == expected


def test_points_push_on_the_line() -> None:
    assert grades_of("points_handicap;hcp=-4", GAME) == {"home": VOID, "away": VOID}
    assert grades_of("total_points;total=204", GAME) == {"over": VOID, "under": VOID}
    level = ScoreFacts("basketball", 40, 40, ((20, 20), (20, 20)), current=(0, 0))
    assert winners("quarter_result;quarter=1", level) == ["draw"]


def test_an_abandoned_game_keeps_decided_points_and_quarters() -> None:
    facts = ScoreFacts("basketball", 52, 50, ((30, 25), (22, 25)), current=(0, 0), is_final=True, ending="abandoned")

    assert winners("quarter_result;quarter=2", facts) == ["away"]
    assert winners("total_points;total=101.5", facts) == ["over"]
    for key in ("match_winner", "points_handicap;hcp=-1.5", "total_points;total=102", "quarter_result;quarter=3"):
        assert set(grades_of(key, facts).values()) == {VOID}, key


def race(places: dict[str, Placing], *withdrawn: str) -> ScoreFacts:
    return ScoreFacts("outright", finish=places, withdrawn=frozenset(withdrawn), is_final=True, ending="full")


ORDER = {f"p{number}": Placing(number) for number in range(1, 9)}


def test_a_race_pays_the_winner_and_three_places() -> None:
    grades = grades_of("outright_winner", race(ORDER), places=3)

    assert grades["p1"] == Grade("won", place_result="won")
    assert grades["p2"] == grades["p3"] == Grade("lost", place_result="won")
    assert grades["p4"] == Grade("lost", place_result="lost")
    assert winners("top_finish;places=2", race(ORDER)) == ["p1", "p2"]


def test_a_dead_heat_for_first_halves_the_win_and_leaves_the_place_whole() -> None:
    tied = ORDER | {"p1": Placing(1, 2), "p2": Placing(1, 2)}

    grades = grades_of("outright_winner", race(tied), places=3)

    assert grades["p1"] == grades["p2"] == Grade("won", dead_heat_tied=2, place_result="won")
    assert grades["p3"] == Grade("lost", place_result="won")


def test_a_dead_heat_for_the_last_place_shares_what_is_left_of_the_places() -> None:
    # Three tie for second: two places are left for them.
    tied = ORDER | {name: Placing(2, 3) for name in ("p2", "p3", "p4")}

    grades = grades_of("outright_winner", race(tied), places=3)
    top = grades_of("top_finish;places=2", race(tied))

    place = Grade("lost", place_result="won", place_dead_heat_places=2, place_dead_heat_tied=3)
    assert [grades[name] for name in ("p2", "p3", "p4")] == [place] * 3
    assert grades["p5"] == Grade("lost", place_result="lost")
    assert top["p2"] == Grade("won", dead_heat_places=1, dead_heat_tied=3)
    assert top["p1"] == WON
    assert top["p5"] == LOST


def test_who_is_withdrawn_is_void_and_who_does_not_finish_has_lost() -> None:
    without = {name: place for name, place in ORDER.items() if name not in ("p7", "p8")}

    grades = grades_of("outright_winner", race(without, "p8"), places=3)

    assert grades["p8"] == Grade("void", 2, place_result="void")
    assert grades["p7"] == Grade("lost", place_result="lost")
    assert grades_of("top_finish;places=3", race(without, "p8"))["p8"] == VOID


def test_a_race_that_was_called_off_is_void_in_both_parts() -> None:
    facts = ScoreFacts("outright", is_final=True, ending="cancelled")

    assert set(grades_of("outright_winner", facts, places=3).values()) == {Grade("void", 2, place_result="void")}
    assert set(grades_of("top_finish;places=3", facts).values()) == {VOID}
