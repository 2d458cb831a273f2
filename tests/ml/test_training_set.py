"""Features know the past only: nothing of a match or of anything after it enters its row."""

import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.core.features import FEATURE_NAMES, build_features
from ml.core.goal_rates import GoalRates
from ml.core.market_view import MarketView, read_market_view
from ml.core.ratings import Fixture, Played, RatingBook
from ml.core.training_set import PastMatch, build_training_set

TEAMS = ("Aldrowmere", "Cindlewick", "Farlow", "Harrowgate")
MARKET = MarketView(0.46, 0.28, 0.26, 0.5)

scores = st.tuples(st.integers(0, 6), st.integers(0, 6))


def make_past(results: list[tuple[int, int]]) -> list[PastMatch]:
    pairs = [(home, away) for home in TEAMS for away in TEAMS if home != away]
    return [
        PastMatch(
            Fixture(day=7.0 * index, competition="NV1", home=pairs[index % 12][0], away=pairs[index % 12][1]),
            MARKET,
            Played(home, away, home + 3, away + 3, home + 8, away + 8, GoalRates(1.0 + home / 5, 1.0 + away / 5)),
        )
        for index, (home, away) in enumerate(results)
    ]


@given(st.lists(scores, min_size=20, max_size=30), st.integers(0, 29), scores)
def test_changing_a_result_leaves_every_earlier_row_identical(
    results: list[tuple[int, int]], index: int, other: tuple[int, int]
) -> None:
    index %= len(results)
    changed = [*results[:index], other, *results[index + 1 :]]

    first, second = build_training_set(make_past(results)), build_training_set(make_past(changed))

    skipped = len(results) - len(first)
    upto = max(0, index + 1 - skipped)  # the match's own row is made before its result is known
    assert first.features[:upto].tobytes() == second.features[:upto].tobytes()
    assert first.baseline[:upto].tobytes() == second.baseline[:upto].tobytes()


def test_a_result_changes_the_next_row_of_its_teams() -> None:
    results = [(1, 1)] * 24
    surprised = [*results[:11], (6, 0), *results[12:]]

    first, second = build_training_set(make_past(results)), build_training_set(make_past(surprised))

    skipped = len(results) - len(first)
    assert not np.array_equal(first.features[12 - skipped :], second.features[12 - skipped :], equal_nan=True)


def test_matches_without_prices_teach_ratings_and_make_no_row() -> None:
    past = make_past([(2, 0)] * 20)
    unpriced = [replace(match, market=None) if index % 2 else match for index, match in enumerate(past)]

    rows = build_training_set(unpriced)

    assert len(rows) == 9  # ten with prices, a tenth of them to warm up
    assert rows.ratings.to_document()["teams"]["Aldrowmere"]["matches"] == 11


def test_a_row_starts_from_the_market_and_says_what_ratings_add_to_it() -> None:
    row = build_features(RatingBook(), Fixture(0.0, "NV1", "Aldrowmere", "Cindlewick"), MARKET)
    named = dict(zip(FEATURE_NAMES, row.values, strict=True))

    assert row.baseline == (math.log(0.46), math.log(0.28), math.log(0.26))
    assert (named["market_home"], named["market_draw"], named["market_away"]) == row.baseline
    assert named["elo_difference"] == 0.0
    assert named["total_goals"] == 0.5
    assert math.isnan(named["form_home"])
    assert named["experience_home"] == 0.0


def test_ratings_follow_results_by_their_exact_steps() -> None:
    book = RatingBook()
    fixture = Fixture(3.0, "NV1", "Aldrowmere", "Cindlewick")

    book.learn(fixture, Played(2, 0))

    teams = book.to_document()["teams"]
    assert teams["Aldrowmere"]["elo"] == 1500.0 + 20.0 * math.log1p(2) * (1.0 - 1.0 / (1.0 + 10.0 ** (-65.0 / 400.0)))
    assert teams["Aldrowmere"]["elo"] + teams["Cindlewick"]["elo"] == 3000.0
    assert math.isclose(teams["Aldrowmere"]["attack"], -0.12 + 0.025 * (2.0 - 1.53))
    assert math.isclose(teams["Cindlewick"]["defence"], -0.12 - 0.025 * (2.0 - 1.53))
    assert (teams["Aldrowmere"]["points"], teams["Cindlewick"]["points"]) == ([3], [0])
    assert teams["Aldrowmere"]["last_day"] == 3.0


def test_a_book_survives_storage() -> None:
    rows = build_training_set(make_past([(2, 1), (0, 0), (3, 3)] * 8))
    fixture = Fixture(200.0, "NV1", "Aldrowmere", "Farlow")

    restored = RatingBook.from_document(rows.ratings.to_document())

    assert build_features(restored, fixture, MARKET) == build_features(rows.ratings, fixture, MARKET)


def test_a_market_is_read_only_where_all_its_prices_are_there() -> None:
    odds = {"1x2": {"home": 2000, "draw": 3500, "away": 4200}}

    view = read_market_view(odds)

    assert view is not None
    assert [round(chance, 9) for chance in view.results] == [0.492073257, 0.277580195, 0.230346548]
    assert view.over25 is None
    assert read_market_view({"1x2": {"home": 2000, "draw": 3500}}) is None
    assert read_market_view({}) is None
