"""The pricing door: every sport from its own model, out of the market before the start."""

import pytest

from ml.queries.pricing import UnpricedMarket, price_book, price_markets
from sports.core.tennis.state import TennisState
from sports.models import Event, LiveState
from tests.sports.matches import make_event
from tests.sports.other_events import make_basketball, make_outright, make_tennis, started

pytestmark = pytest.mark.django_db


def price(event: Event, *keys: str) -> dict[str, dict[str, float]]:
    state = LiveState.objects.get(pk=event.pk).to_state()
    return {key: dict(found) for key, found in price_markets(event.pk, state, keys or None).items()}


def test_tennis_is_priced_from_the_market() -> None:
    event = make_tennis(home_milli=1500, away_milli=3000)

    assert price(event, "match_winner")["match_winner"]["home"] == pytest.approx(2 / 3, abs=1e-6)


def test_basketball_is_priced_from_the_market() -> None:
    event = make_basketball()
    found = price(event, "match_winner", "total_points;total=158.5")

    assert found["match_winner"]["home"] == pytest.approx(0.528543, abs=1e-6)
    assert found["total_points;total=158.5"]["over"] == pytest.approx(0.5, abs=5e-3)


def test_outright_events_are_priced_from_the_market() -> None:
    found = price(make_outright(4))

    assert set(found) == {"outright_winner", "top_finish;places=3"}
    assert sum(found["outright_winner"].values()) == pytest.approx(1.0, abs=1e-9)
    assert sum(found["top_finish;places=3"].values()) == pytest.approx(3.0, abs=1e-9)


@pytest.mark.parametrize("make", [make_tennis, make_basketball, make_outright])
def test_what_is_usually_offered_is_priced_in_play(make: "type[object]") -> None:
    found = price(started(make()))  # type: ignore[arg-type]  # makes events

    assert len(found) >= 2
    for key, outcomes in found.items():
        expected = 3.0 if key.startswith("top_finish") else 1.0
        assert sum(outcomes.values()) == pytest.approx(expected, abs=1e-9), key


def test_known_markets_are_priced_beside_the_offered_ones() -> None:
    event = started(make_tennis())
    state = LiveState.objects.get(pk=event.pk).to_state()
    found = price_book(event.pk, state, ["total_games;total=40.5", "game_winner;game=9;set=3"])

    assert "total_games;total=40.5" in found
    assert "game_winner;game=9;set=3" not in found


def test_a_market_without_a_model_is_refused() -> None:
    event = make_tennis()

    with pytest.raises(UnpricedMarket):
        price_markets(event.pk, TennisState(), ["game_winner;game=9;set=3"])
    with pytest.raises(UnpricedMarket):
        price(make_event(), "match_winner")
