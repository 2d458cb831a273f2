"""How good probabilities were: log loss, and how far stated chances are from frequencies."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

PROBABILITY_MIN: Final = 1e-9  # a certain forecast that fails costs much, not everything
BINS: Final = 20

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def log_loss_of(probabilities: Mapping[str, float], outcome: str) -> float:
    """The loss of one forecast."""
    return -math.log(min(1.0, max(PROBABILITY_MIN, probabilities[outcome])))


def mean_log_loss(probabilities: Floats, outcomes: Integers) -> float:
    """The mean loss of forecasts given as rows; `outcomes` holds the column that came true."""
    chosen = probabilities[np.arange(len(outcomes)), outcomes]
    return float(-np.log(np.clip(chosen, PROBABILITY_MIN, 1.0)).mean())


def calibration_error(probabilities: Floats, outcomes: Integers, bins: int = BINS) -> float:
    """Expected calibration error over all columns: stated chance against frequency in bins of equal count."""
    stated = probabilities.ravel()
    happened = (np.arange(probabilities.shape[1]) == outcomes[:, None]).ravel()
    order = np.argsort(stated, kind="stable")
    gaps = [
        abs(float(stated[part].mean() - happened[part].mean())) * len(part)
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return sum(gaps) / len(stated)
