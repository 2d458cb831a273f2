"""Which bets to suggest: the legs that fit somebody's wishes best, each with its reasons. No gain is promised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from betting.core.ladder import ODDS_MILLI_MAX
from project.kit.money import format_milli

Appetite = Literal["cautious", "balanced", "bold"]
MILLION: Final = 1_000_000
REASONS_MAX: Final = 2  # of the insight's, beside the sentence about the chances


@dataclass(frozen=True, slots=True)
class Candidate:
    """A selection on offer with both chances, in millionths. `reasons` are the insight's sentences for it."""

    event_id: str
    selection_id: str
    name: str
    odds_milli: int
    model_millionths: int
    market_millionths: int
    reasons: tuple[str, ...]

    @property
    def expected_value(self) -> int:
        """The gain expected for each unit by the model, in millionths; mostly negative, for prices hold a margin."""
        return self.model_millionths * self.odds_milli // 1_000 - MILLION


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an appetite takes: chances by the model of at least so much, prices from and to."""

    chance_min: int
    odds_milli_min: int
    odds_milli_max: int


BOUNDS: Final[dict[Appetite, Bounds]] = {
    "cautious": Bounds(500_000, 1_200, 2_500),
    "balanced": Bounds(300_000, 1_500, 4_000),
    "bold": Bounds(120_000, 2_500, ODDS_MILLI_MAX),
}


def choose_legs(
    candidates: Iterable[Candidate], *, legs: int, appetite: Appetite, odds_milli_max: int | None
) -> list[Candidate]:
    """So many legs of different events, the best first; none where no so many fit together.

    Cautious people get the likeliest, others those of most value by the model. `odds_milli_max` bounds the whole slip:
    a leg is passed over only where not even the shortest prices of other events would keep the slip within it.
    """
    bounds = BOUNDS[appetite]
    fitting = [
        one
        for one in candidates
        if one.model_millionths >= bounds.chance_min
        and bounds.odds_milli_min <= one.odds_milli <= bounds.odds_milli_max
    ]
    fitting.sort(key=lambda one: (-_score(one, appetite), one.selection_id))
    shortest = _shortest_by_event(fitting)
    chosen: list[Candidate] = []
    for one in fitting:
        if len(chosen) == legs:
            break
        taken = {leg.event_id for leg in chosen}
        if one.event_id in taken:
            continue
        if odds_milli_max is not None:
            others = (other for other in shortest if other.event_id not in taken and other.event_id != one.event_id)
            rest = list(islice(others, legs - len(chosen) - 1))
            if total_odds_milli([*chosen, one, *rest]) > odds_milli_max:
                continue
        chosen.append(one)
    return chosen if len(chosen) == legs else []


def _shortest_by_event(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The shortest price of each event, the shortest of all first."""
    shortest: dict[str, Candidate] = {}
    for one in sorted(candidates, key=lambda one: one.odds_milli):
        shortest.setdefault(one.event_id, one)
    return list(shortest.values())


def total_odds_milli(legs: Sequence[Candidate]) -> int:
    """The exact product, floored once to thousandths."""
    product = 1
    for one in legs:
        product *= one.odds_milli
    total: int = product // 1_000 ** (len(legs) - 1)
    return total


def explain(one: Candidate) -> list[str]:
    """Why this leg, in sentences that can be checked."""
    edge = one.model_millionths - one.market_millionths
    relation = "above" if edge > 0 else "below" if edge < 0 else "the same as"
    said = (
        f"The model gives {one.name} {_percent(one.model_millionths)} %, {relation} the market's"
        f" {_percent(one.market_millionths)} %. At {format_milli(one.odds_milli)} the price needs"
        f" {_percent(1_000 * MILLION // one.odds_milli)} % to break even."
    )
    return [said, *one.reasons[:REASONS_MAX]]


def _score(one: Candidate, appetite: Appetite) -> int:
    return one.model_millionths if appetite == "cautious" else one.expected_value


def _percent(millionths: int) -> str:
    return f"{millionths / 10_000:.1f}"
