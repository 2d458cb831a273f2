"""Past matches turned into rows to learn from. Every row is made before its own match is learnt."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.core.features import FEATURE_NAMES, build_features
from ml.core.market_view import MarketView
from ml.core.ratings import Fixture, Played, RatingBook

WARM_UP_SHARE: Final = 0.1  # of the matches: ratings of teams nobody has seen yet teach nothing


@dataclass(frozen=True, slots=True)
class PastMatch:
    """A finished match. `market` is what was known before kick-off, None where nobody had prices."""

    fixture: Fixture
    market: MarketView | None
    played: Played


@dataclass(frozen=True)
class TrainingSet:
    """Rows in order of play, and the ratings as they stand after the last match."""

    features: npt.NDArray[np.float64]
    baseline: npt.NDArray[np.float64]
    outcomes: npt.NDArray[np.int64]
    ratings: RatingBook

    def __len__(self) -> int:
        return len(self.outcomes)


def build_training_set(matches: Iterable[PastMatch]) -> TrainingSet:
    """One row per match that had a market; all matches teach the ratings."""
    book = RatingBook()
    features: list[tuple[float, ...]] = []
    baseline: list[tuple[float, float, float]] = []
    outcomes: list[int] = []
    for match in matches:
        if match.market is not None:
            row = build_features(book, match.fixture, match.market)
            features.append(row.values)
            baseline.append(row.baseline)
            outcomes.append(match.played.outcome)
        book.learn(match.fixture, match.played)
    first = int(len(outcomes) * WARM_UP_SHARE)
    return TrainingSet(
        features=np.array(features, dtype=np.float64).reshape(-1, len(FEATURE_NAMES))[first:],
        baseline=np.array(baseline, dtype=np.float64).reshape(-1, 3)[first:],
        outcomes=np.array(outcomes, dtype=np.int64)[first:],
        ratings=book,
    )
