"""Terms of each-way bets: those of the field's size, as long as the odds of its places leave the house a margin."""

import math
import random
from collections.abc import Mapping

import pytest

from betting.core.catalogue import kind_of
from betting.core.each_way import EachWayTerms, find_each_way_terms, place_margin
from betting.core.pricing import price_outcomes
from ml.core.outright import top_chances, win_chances
from sports.core.outright.state import OutrightState

OVERROUND = kind_of("outright", "outright_winner").overround


def even(runners: int) -> list[int | None]:
    """Nobody is better than anybody else: the odds of 1 in `runners`, with the market's margin."""
    return list(price_outcomes(dict.fromkeys(map(str, range(runners)), 1 / runners), OVERROUND).values())


@pytest.mark.parametrize(
    ("runners", "terms"),
    [
        (4, None),
        (5, EachWayTerms(2, 1, 4)),
        (7, EachWayTerms(2, 1, 4)),
        (8, EachWayTerms(3, 1, 5)),
        (11, EachWayTerms(3, 1, 5)),
        (12, EachWayTerms(3, 1, 4)),
        (40, EachWayTerms(3, 1, 4)),  # four places leave 10 % here
    ],
)
def test_an_even_field_has_the_terms_of_its_size(runners: int, terms: EachWayTerms | None) -> None:
    assert find_each_way_terms(even(runners), OVERROUND) == terms


def test_who_has_no_odds_is_none_of_the_field() -> None:
    assert find_each_way_terms([*even(7), None], OVERROUND) == EachWayTerms(2, 1, 4)


def test_the_margin_is_the_chances_of_the_place_odds_over_the_places() -> None:
    """Eight at 7.00: a place pays 2.20, a chance of 5/11 each, 40/11 for three places. Six at 7.00: 30/11, a loss."""
    assert place_margin([7_000] * 8, EachWayTerms(3, 1, 5)) == pytest.approx(40 / 33 - 1)
    assert place_margin([7_000] * 6 + [None] * 2, EachWayTerms(3, 1, 5)) == pytest.approx(30 / 33 - 1)


def test_a_field_with_one_that_is_nearly_certain_has_no_terms() -> None:
    """The others are at 20.00 each, and two of the seven are placed: a quarter of that is no price for it."""
    assert find_each_way_terms([1_270] + [20_000] * 7, OVERROUND) is None


@pytest.mark.parametrize("runners", [5, 8, 11, 12, 14])
@pytest.mark.parametrize("spread", [0.3, 0.8, 1.2])
def test_no_runner_is_a_gift_where_each_way_is_offered(runners: int, spread: float) -> None:
    """What an each-way bet of 1 is worth by the model that prices the field; control: on the usual terms regardless."""
    draw = random.Random(f"{runners}:{spread}")
    worths, usual = [], []
    for _ in range(40):
        weights = [math.exp(draw.gauss(0.0, spread)) for _ in range(runners)]
        chances = {str(place): weight / sum(weights) for place, weight in enumerate(weights)}
        prices = price_outcomes(chances, OVERROUND)
        terms = find_each_way_terms(prices.values(), OVERROUND)
        if terms is not None:
            worths.append(best_worth(chances, prices, terms))
        usual.append(best_worth(chances, prices, EachWayTerms(2 if runners < 8 else 3, 1, 4)))

    assert max(worths, default=0.0) < 1.01
    assert spread < 1.0 or max(usual) > 1.1


def best_worth(chances: Mapping[str, float], prices: Mapping[str, int | None], terms: EachWayTerms) -> float:
    placed = top_chances(chances, terms.places)
    fraction = terms.numerator / terms.denominator
    return max(
        (chances[one] * odds + placed[one] * (1_000 + (odds - 1_000) * fraction)) / 2_000
        for one, odds in prices.items()
        if odds is not None
    )


def test_on_the_way_a_fraction_of_the_win_odds_is_a_gift() -> None:
    """Twelve equal riders, two of them ahead by far, a third one ahead of the others: why places end at the start."""
    gaps = (0, 30, 90, *range(300, 390, 10))
    state = OutrightState(phase="playing", runners=12, order=tuple(range(1, 13)), gaps=gaps, progress=90)
    chances = win_chances({f"p{number}": 0.0 for number in range(1, 13)}, state)
    prices = price_outcomes(chances, OVERROUND)

    placed = top_chances(chances, 3)
    assert (round(chances["p3"], 3), round(placed["p3"], 2), prices["p3"]) == (0.126, 0.86, 6_400)
    assert best_worth(chances, prices, EachWayTerms(3, 1, 4)) > 1.4
