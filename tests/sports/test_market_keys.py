"""The grammar of market keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sports.core.market_keys import InvalidMarketKey, MarketKey, check_outcome, market_key, parse_market_key


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (market_key("1x2"), "1x2"),
        (market_key("over_under", total=2.5), "over_under;total=2.5"),
        (market_key("over_under", total="0.5"), "over_under;total=0.5"),
        (market_key("next_goal", goal=3), "next_goal;goal=3"),
        (market_key("asian_handicap", hcp=-0.25), "asian_handicap;hcp=-0.25"),
        (market_key("asian_handicap", hcp=-1.0), "asian_handicap;hcp=-1"),
        (market_key("asian_handicap", hcp=-0.0), "asian_handicap;hcp=0"),
        (market_key("asian_handicap", hcp=10.0), "asian_handicap;hcp=10"),
        (market_key("asian_total", total=2.75), "asian_total;total=2.75"),
        (market_key("half_result", half=1), "half_result;half=1"),
        (market_key("game_winner", set=2, game=11), "game_winner;game=11;set=2"),
        (market_key("total_games", total=22.5), "total_games;total=22.5"),
        (market_key("points_handicap", hcp=-7), "points_handicap;hcp=-7"),
        (market_key("total_points", total=165.5), "total_points;total=165.5"),
        (market_key("quarter_result", quarter=4), "quarter_result;quarter=4"),
        (market_key("top_finish", places=3), "top_finish;places=3"),
    ],
)
def test_keys_have_one_spelling(made: str, text: str) -> None:
    assert made == text
    assert str(parse_market_key(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1X2",
        "1x2;",
        "1x2;total=2.5",
        "over_under",
        "over_under;total",
        "over_under;total=2.50",
        "over_under;total=+2.5",
        "over_under;total=-2.5",
        "over_under;total=2.5;total=2.5",
        "over_under;total=2.5\n",
        "over_under;total=٢.5",
        "next_goal;goal=0",
        "next_goal;goal=1.5",
        "asian_handicap;hcp=-0",
        "half_result;half=2",
        "game_winner;set=2;game=11",
        "set_winner;set=6",
        "total_games;total=22",
        "points_handicap;hcp=-7.25",
        "quarter_result;quarter=5",
        "top_finish;places=0",
        "unknown",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidMarketKey):
        parse_market_key(text)


@given(st.text(max_size=40))
def test_parsing_never_fails_otherwise(text: str) -> None:
    try:
        key = parse_market_key(text)
    except InvalidMarketKey:
        return
    assert str(key) == text


@pytest.mark.parametrize(
    ("key", "outcome", "is_known"),
    [
        ("1x2", "draw", True),
        ("1x2", "over", False),
        ("next_goal;goal=1", "none", True),
        ("both_to_score", "yes", True),
        ("correct_score", "2-1", True),
        ("correct_score", "other_draw", True),
        ("correct_score", "02-1", False),
        ("half_time_full_time", "draw_away", True),
        ("half_time_full_time", "draw", False),
        ("set_score", "2-1", True),
        ("set_score", "2-2", False),
        ("match_winner", "draw", False),
        ("quarter_result;quarter=1", "draw", True),
        ("outright_winner", "p12", True),
        ("outright_winner", "p0", False),
        ("top_finish;places=3", "home", False),
        ("correct_score", "2-1 ", False),
    ],
)
def test_outcomes_belong_to_their_market(key: str, outcome: str, is_known: bool) -> None:
    parsed = parse_market_key(key)

    assert parsed.has_outcome(outcome) is is_known
    if not is_known:
        with pytest.raises(InvalidMarketKey):
            check_outcome(parsed, outcome)


def test_specifiers_are_read_by_name() -> None:
    key = parse_market_key("over_under;total=2.5")

    assert key == MarketKey("over_under", (("total", "2.5"),))
    assert key.get("total") == "2.5"
    assert key.outcomes == ("over", "under")
    with pytest.raises(InvalidMarketKey):
        key.get("goal")
