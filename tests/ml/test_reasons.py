"""Reasons in words: what they say, for which side they speak, and that the numbers behind them add up."""

import math

import pytest

from ml.core.features import FEATURE_NAMES
from ml.core.inplay import InPlayState, price_event
from ml.core.insight import NOTE_OVER, Opinion, Said, Views, write_before, write_in_play
from ml.core.market_view import MarketView
from ml.core.reasons import Names, Reason, explain_contributions, log_odds

NAMES = Names("Aldrowmere", "Cindlewick")
MARKET = MarketView(0.46, 0.28, 0.26, 0.5)


def make_opinion(**moved: float) -> Opinion:
    """An opinion that moves the home side's log odds by these features alone."""
    values = tuple(2.0 if name in moved else 0.5 for name in FEATURE_NAMES)
    home = tuple(moved.get(name, 0.0) for name in FEATURE_NAMES)
    none = tuple(0.0 for _ in FEATURE_NAMES)
    return Opinion((0.5, 0.27, 0.23), values, (home, none, none))


def test_the_strongest_contributions_come_first_and_know_their_side() -> None:
    draft = write_before(
        names=NAMES, market=MARKET, opinion=make_opinion(form_home=0.04, elo_difference=-0.02, rest_away=0.01)
    )

    texts = [(reason.text, reason.effect, reason.weight) for reason in draft.reasons[1:]]
    assert texts == [
        ("Aldrowmere took 2.0 points a match from the last five", "for", 0.04),
        ("Aldrowmere have the better record over the seasons, by 2 Elo points", "against", 0.02),
        ("Cindlewick come with 2 days of rest", "for", 0.01),
    ]
    assert draft.reasons[0].text == "Bookmakers' prices before kick-off give a win for Aldrowmere 46%"


def test_the_prices_of_a_match_are_one_reason_with_their_sum() -> None:
    draft = write_before(
        names=NAMES, market=MARKET, opinion=make_opinion(market_home=0.05, market_draw=-0.02, market_away=0.01)
    )

    texts = [(reason.text, reason.effect, reason.weight) for reason in draft.reasons[1:]]
    assert texts == [
        ("Matches priced like this ended in a win for Aldrowmere more often than the prices said", "for", 0.04)
    ]


@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_every_feature_has_a_sentence_without_its_code_name(name: str) -> None:
    for moved, value in ((0.1, 1.5), (-0.1, -1.5)):
        values = [value if one == name else math.nan for one in FEATURE_NAMES]
        contributions = [moved if one == name else 0.0 for one in FEATURE_NAMES]
        for outcome in ("home", "draw", "away"):
            (reason,) = explain_contributions(NAMES, outcome, values, contributions)
            assert name not in reason.text
            assert reason.text[0].isupper()
            assert (reason.effect, reason.weight) == ("for" if moved > 0 else "against", 0.1)


def test_the_models_edge_is_its_chance_less_the_markets() -> None:
    draft = write_before(names=NAMES, market=MARKET, opinion=make_opinion(form_home=0.04))

    assert [outcome.edge for outcome in draft.outcomes] == [0.04, -0.01, -0.03]
    assert (draft.predicted_outcome, draft.confidence) == ("home", 0.5)


def test_in_play_the_edge_stays_the_models_own() -> None:
    views = write_before(names=NAMES, market=MARKET, opinion=make_opinion(form_home=0.04)).views
    state = InPlayState("second_half", 70, 0, 0, 1, 0, 1)

    draft = write_in_play(names=NAMES, views=views, state=state, said_before=Said("home", ()), is_trained=True)

    for outcome in draft.outcomes:
        model, market = (price_event(view, state)["1x2"][outcome.outcome] for view in (views.model, views.market))
        assert outcome.model_probability == pytest.approx(model, abs=1e-6)
        assert outcome.market_probability == pytest.approx(market, abs=1e-6)
    assert draft.outcomes[0].edge > 0.0
    score, reds = draft.reasons
    assert (score.text, score.effect) == ("Cindlewick lead 0-1 after 70 minutes", "for")
    assert (reds.text, reds.effect) == ("Cindlewick are down to 10", "against")


def test_the_weights_of_score_and_reds_add_up_to_the_whole_move() -> None:
    views = Views.from_document(write_before(names=NAMES, market=MARKET, opinion=None).views.to_document())
    state = InPlayState("second_half", 70, 0, 1, 0, 0, 1)

    draft = write_in_play(names=NAMES, views=views, state=state, said_before=Said("home", ()), is_trained=False)

    moved = log_odds(draft.confidence) - log_odds(0.46)
    assert sum(reason.weight for reason in draft.reasons) == pytest.approx(moved, abs=1e-3)


def test_reasons_from_before_stay_only_while_they_speak_of_the_same_outcome() -> None:
    views = write_before(names=NAMES, market=MARKET, opinion=None).views
    said = Said("home", (Reason("Old reason", "for", 0.5),))

    ahead = write_in_play(
        names=NAMES, views=views, state=InPlayState("first_half", 20, 0, 1, 0), said_before=said, is_trained=False
    )
    behind = write_in_play(
        names=NAMES, views=views, state=InPlayState("first_half", 20, 0, 0, 2), said_before=said, is_trained=False
    )

    assert "Old reason" in [reason.text for reason in ahead.reasons]
    assert "Old reason" not in [reason.text for reason in behind.reasons]


def test_a_match_that_is_over_says_so() -> None:
    views = write_before(names=NAMES, market=MARKET, opinion=None).views
    state = InPlayState("completed", 90, 3, 1, 1)

    draft = write_in_play(names=NAMES, views=views, state=state, said_before=Said("home", ()), is_trained=True)

    assert (draft.note, draft.predicted_outcome, draft.confidence) == (NOTE_OVER, "draw", 1.0)
    assert draft.reasons[0].text == "Level at 1-1 at full time"


def test_what_both_sides_did_before_is_not_said_of_this_match() -> None:
    values = [0.2 if one == "goals_rating_home" else math.nan for one in FEATURE_NAMES]
    moved = [0.1 if one == "goals_rating_home" else 0.0 for one in FEATURE_NAMES]

    (reason,) = explain_contributions(NAMES, "home", values, moved)

    assert reason.text == "Both teams' past goals and shots rate a win for Aldrowmere higher than the market does"
