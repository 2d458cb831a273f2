"""From fair probabilities to the prices on offer."""

from collections.abc import Mapping

from betting.core.ladder import snap_down
from betting.core.margin import apply_margin
from betting.core.pressure import press

# Below this chance nothing is offered: the margin would fake a price of no meaning for what cannot really happen.
PROBABILITY_MIN = 0.0005


def price_outcomes(
    probabilities: Mapping[str, float], overround: float, pressures: Mapping[str, float] | None = None
) -> dict[str, int | None]:
    """The odds on offer per outcome in thousandths; None where there is no offer (too likely, or hardly possible).

    Under pressure a price may fall as far as that goes, and rises to the fair one at most.
    """
    shown = press(probabilities, pressures) if pressures else probabilities
    odds = apply_margin(list(shown.values()), overround)
    if pressures:
        odds = [
            min(price, 1.0 / p) if p > 0.0 else price for price, p in zip(odds, probabilities.values(), strict=True)
        ]
    return {
        outcome: snap_down(price) if probability >= PROBABILITY_MIN else None
        for (outcome, probability), price in zip(probabilities.items(), odds, strict=True)
    }
