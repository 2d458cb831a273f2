"""The synthetic league: seeded, complete, and true to its own probabilities."""

import random
from datetime import UTC, datetime
from itertools import combinations

import pytest

from sports.core.goal_process import TrueRates, minute_weights, play, true_probabilities
from sports.core.market_keys import check_outcome, parse_market_key
from sports.core.match_plan import MatchPlan
from sports.core.synthetic import MARGIN, ROUNDS, Pairing, SyntheticLeague, competitions_for, prices_of
from sports.core.synthetic_names import TEAMS_PER_COMPETITION, name_league
from sports.core.team_marks import color_of, short_name_of

UNTIL = datetime(2030, 6, 1, tzinfo=UTC)


def test_the_same_seed_is_the_same_league() -> None:
    one, same, other = SyntheticLeague(5), SyntheticLeague(5), SyntheticLeague(6)

    assert [one.fixture(index) for index in range(20)] == [same.fixture(index) for index in range(20)]
    assert one.fixture(3).plan != other.fixture(3).plan


def test_everybody_plays_everybody_home_and_away() -> None:
    league = SyntheticLeague(5, competitions=1)
    season = [league.pairing(index) for index in range(ROUNDS * TEAMS_PER_COMPETITION // 2)]

    assert len({(pairing.home, pairing.away) for pairing in season}) == TEAMS_PER_COMPETITION * ROUNDS // 2
    assert {pairing.season for pairing in season} == {0}
    for begin in range(0, len(season), 9):
        playing = [team for pairing in season[begin : begin + 9] for team in (pairing.home, pairing.away)]
        assert len(set(playing)) == TEAMS_PER_COMPETITION
    assert league.pairing(len(season)).season == 1


def test_names_and_marks_are_unique_where_they_must_be() -> None:
    leagues = [name_league(1, index) for index in range(60)]
    by_country: dict[str, list[str]] = {}
    for league in leagues:
        assert len({team.short_name for team in league.teams}) == TEAMS_PER_COMPETITION
        assert len({league.competition.code for league in leagues}) == 60
        for team in league.teams:
            by_country.setdefault(team.country, []).append(team.name)
    for names in by_country.values():
        assert len(set(names)) == len(names)


def test_there_are_teams_enough_for_any_number_of_matches() -> None:
    assert competitions_for(8) == 3
    assert competitions_for(1000) * TEAMS_PER_COMPETITION >= 4000


def test_shares_of_a_match_sum_to_one() -> None:
    weights = minute_weights(3, 5)

    assert len(weights) == 98
    assert sum(weight for _, _, weight in weights) == pytest.approx(1.0, abs=1e-12)
    assert weights[-1][2] > weights[0][2]


def test_true_probabilities_are_what_matches_do() -> None:
    rates = TrueRates(1.7, 1.1)
    chances = true_probabilities([rates, TrueRates(0.8, 2.0)])[0]
    draw = random.Random(3)
    count = 4000
    scores = [play(rates, draw).score for _ in range(count)]

    seen = {
        "home": sum(home > away for home, away in scores) / count,
        "draw": sum(home == away for home, away in scores) / count,
        "over": sum(home + away > 2 for home, away in scores) / count,
    }
    assert chances.home + chances.draw + chances.away == pytest.approx(1.0, abs=1e-9)
    # 4 standard deviations of 4,000 matches; the seed is fixed
    assert seen["home"] == pytest.approx(chances.home, abs=0.032)
    assert seen["draw"] == pytest.approx(chances.draw, abs=0.028)
    assert seen["over"] == pytest.approx(chances.over_25, abs=0.032)


def test_prices_carry_the_margin_and_fit_their_markets() -> None:
    chances = true_probabilities([TrueRates(2.6, 0.5)])[0]
    prices = prices_of(chances)

    for key, outcomes in prices.items():
        for outcome in outcomes:
            check_outcome(parse_market_key(key), outcome)
        assert sum(1000 / price for price in outcomes.values()) == pytest.approx(1 + MARGIN, abs=0.002)
    assert 1000 / prices["1x2"]["home"] > chances.home


def test_the_bookmaker_misjudges_teams_always_in_the_same_way() -> None:
    league = SyntheticLeague(5)
    first = league.pairing(0)
    judged, true = league.believed_rates(first), league.rates(first)
    swapped = Pairing(first.league, 1, 0, 0, first.away, first.home)

    assert judged != true
    assert judged.home * judged.away == pytest.approx(true.home * true.away)  # one side's gain is the other's loss
    ratio = judged.home / true.home
    assert league.believed_rates(swapped).away / league.rates(swapped).away == pytest.approx(ratio)
    assert 0.5 < ratio < 2.0


def test_history_lies_before_and_is_big_enough_to_learn_from() -> None:
    history = SyntheticLeague(5).history(UNTIL)

    assert len(history) == 5508
    assert max(match.played_at for match in history) < UNTIL
    assert [match.played_at.date() for match in history] == sorted(match.played_at.date() for match in history)
    assert len({match.source_ref for match in history}) == len(history)
    assert {match.season for match in history} == {f"{year}-{year - 1999}" for year in range(2024, 2030)}
    assert all(match.statistics["home_shots_on_target"] >= match.home_goals for match in history)
    assert 1.3 < sum(match.home_goals for match in history) / len(history) < 1.8


def test_plans_are_playable() -> None:
    draw = random.Random(1)
    plans = [play(TrueRates(2.0, 2.0), draw) for _ in range(200)]

    assert all(MatchPlan.from_document(plan.to_document()) == plan for plan in plans)
    for plan in plans:
        for one, following in combinations([one for one in plan.incidents if one.incident_type == "red_card"], 2):
            assert one.side != following.side


@pytest.mark.parametrize(
    ("name", "short_name"),
    [
        ("Crystal Palace", "CPA"),
        ("Fulham", "FUL"),
        ("Ath Madrid", "AMA"),
        ("M'gladbach", "MGL"),
        ("Ñu", "NUN"),
        ("", "XXX"),
    ],
)
def test_short_names_are_three_capitals(name: str, short_name: str) -> None:
    assert short_name_of(name) == short_name
    assert color_of(name) == color_of(name)
