"""From fair probabilities to the prices on offer, and which of them moved."""

from collections.abc import Mapping

from betting.core.ladder import snap_down
from betting.core.margin import apply_margin_power

# Below this chance nothing is offered: the margin would fake a price of no meaning for what cannot really happen.
PROBABILITY_MIN = 0.0005


def price_outcomes(probabilities: Mapping[str, float], overround: float) -> dict[str, int | None]:
    """The odds on offer per outcome in thousandths; None where there is no offer (too likely, or hardly possible)."""
    odds = apply_margin_power(list(probabilities.values()), overround)
    return {
        outcome: snap_down(price) if probability >= PROBABILITY_MIN else None
        for (outcome, probability), price in zip(probabilities.items(), odds, strict=True)
    }
