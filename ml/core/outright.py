"""Markets of an outright event by the model of Plackett and Luce, which is Harville's for horse races.

Who is first is runner i with chance w_i / sum(w); who is second the same among the others, and so on (Harville,
"Assigning probabilities to the outcomes of multi-entry competitions", JASA 68, 1973). On the way, the strength of a
runner is its gap so far and its prior strength over what is left, on the scale of the noise to come.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from sports.core.market_keys import MarketKey, runner_outcome
from sports.core.outright.state import OutrightState

SCALE_TENTHS: Final = 200.0  # tenths of a second at the finish that one unit of log strength is worth
LEFT_MIN: Final = 0.01
PLACES_MAX: Final = 4  # sums over ordered prefixes of the field: more would be too many
DEFAULT_PLACES: Final = (3,)

Outcomes = dict[str, float]


def strengths_of(chances: Mapping[str, float]) -> dict[str, float]:
    """Logarithms of strength out of chances to win."""
    return {outcome: math.log(max(chance, 1e-9)) for outcome, chance in chances.items()}


def win_chances(prior: Mapping[str, float], state: OutrightState) -> Outcomes:
    """The chance of every runner to win from this state; who was withdrawn has none and is left out."""
    running = [runner_outcome(number) for number in state.running]
    if state.phase == "playing":
        left = max(LEFT_MIN, 1.0 - state.progress / 100)
        gaps = {runner_outcome(number): gap for number, gap in zip(state.order, state.gaps, strict=True)}
        prior = {one: (-gaps[one] / SCALE_TENTHS + prior.get(one, 0.0) * left) / math.sqrt(left) for one in running}
    highest = max(prior.get(one, 0.0) for one in running)
    weights = {one: math.exp(prior.get(one, 0.0) - highest) for one in running}
    total = sum(weights.values())
    return {one: weight / total for one, weight in weights.items()}


def top_chances(wins: Mapping[str, float], places: int) -> Outcomes:
    """The chance of every runner to be among the first `places`, up to PLACES_MAX; they sum to `places`.

    A field no larger than that is all in the places.
    """
    if places >= len(wins):
        return dict.fromkeys(wins, 1.0)
    assert 1 <= places <= PLACES_MAX, "the caller asks for few places"
    chances = np.array(list(wins.values()))
    found = np.zeros(len(chances))
    _add_places(chances, found, 1.0, (), places)
    return dict(zip(wins, np.minimum(found, 1.0).tolist(), strict=True))


def _add_places(
    chances: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    found: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    reached: float,
    before: tuple[int, ...],
    places: int,
) -> None:
    """Add the chances of every runner to come next after `before`, which has this chance, and go on from each."""
    left = 1.0 - sum(chances[one] for one in before)
    following = chances * (reached / max(left, 1e-300))
    following[list(before)] = 0.0
    found += following
    if places == 1:
        return
    for index in np.flatnonzero(following > 0.0):
        _add_places(chances, found, float(following[index]), (*before, int(index)), places - 1)


def default_keys(state: OutrightState) -> list[str]:
    """The markets usually offered."""
    return ["outright_winner", *(f"top_finish;places={places}" for places in DEFAULT_PLACES)]


def price_market(prior: Mapping[str, float], state: OutrightState, key: MarketKey) -> Outcomes | None:
    """The chances of one market's outcomes; at the end they are shared by those who tie."""
    places = 1 if key.market_type == "outright_winner" else int(key.get("places"))
    if state.phase == "completed":
        return _placed(state, places)
    wins = win_chances(prior, state)
    if key.market_type == "outright_winner":
        return wins
    if places > PLACES_MAX and places < len(wins):
        return None
    return top_chances(wins, places)


def _placed(state: OutrightState, places: int) -> Outcomes:
    chances = {}
    for number in state.running:
        place = state.places[number - 1]
        tied = state.places.count(place)
        share = min(1.0, max(0.0, (places - place + 1) / tied)) if place else 0.0
        chances[runner_outcome(number)] = share
    return chances
