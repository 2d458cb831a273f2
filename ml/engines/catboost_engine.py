"""Gradient-boosted trees that correct the market: CatBoost, started from the market's own log chances.

CatBoost is imported when it is first needed: it is heavy, and most processes never do.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.core.scoring import mean_log_loss

TREES_MAX: Final = 300  # with DEPTH, what keeps an explanation under 5 ms
DEPTH: Final = 4
LEARNING_RATE: Final = 0.015
LEAF_REGULARISATION: Final = 200.0  # the market is nearly right: corrections must be earned
PATIENCE_TREES: Final = 60
SEED: Final = 20_240_501
CLASSES: Final = 3
VALIDATION_SHARE: Final = 0.15  # decides how many trees
TEST_SHARE: Final = 0.15  # kept apart from every decision

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TrainedTrees:
    """A model file, and what its kind scored on the newest matches, which its trial had never seen."""

    file: bytes
    trees: int
    trained_rows: int
    test_rows: int
    log_loss: float
    market_log_loss: float

    @property
    def metrics(self) -> dict[str, float | int]:
        return {
            "trees": self.trees,
            "trained_rows": self.trained_rows,
            "test_rows": self.test_rows,
            "log_loss": round(self.log_loss, 6),
            "market_log_loss": round(self.market_log_loss, 6),
        }


class CatBoostEngine:
    """A trained model, ready to answer."""

    def __init__(self, file: bytes) -> None:
        from catboost import CatBoostClassifier

        self._model: Any = CatBoostClassifier()
        self._model.load_model(blob=file)

    def predict(self, features: Floats, baseline: Floats) -> Floats:
        """Chances by row and outcome. `baseline` are the log chances the correction is added to."""
        return _chances(np.atleast_2d(_raw(self._model, features)) + baseline)

    def explain(self, features: Floats) -> Floats:
        """What each feature adds to each outcome's log odds, by row, outcome and feature (SHAP values)."""
        from catboost import Pool

        values = self._model.get_feature_importance(Pool(features), type="ShapValues", thread_count=1)
        contributions: Floats = np.asarray(values)[:, :, :-1]
        return contributions


def train_trees(features: Floats, baseline: Floats, outcomes: Integers, *, threads: int) -> TrainedTrees:
    """Train on rows in order of play: oldest to learn from, then to choose the number of trees, newest to judge.

    The model that is kept is trained again on all rows with the number of trees so chosen.
    """
    count = len(outcomes)
    learn_end, choose_end = int(count * (1.0 - VALIDATION_SHARE - TEST_SHARE)), int(count * (1.0 - TEST_SHARE))
    learn, choose, judge = slice(0, learn_end), slice(learn_end, choose_end), slice(choose_end, count)
    trial = _fit(features, baseline, outcomes, learn, trees=TREES_MAX, threads=threads, choose=choose)
    chances = _chances(_raw(trial, features[judge]) + baseline[judge])
    trees = max(1, int(trial.tree_count_))
    final = _fit(features, baseline, outcomes, slice(0, count), trees=trees, threads=threads)
    return TrainedTrees(
        file=_to_bytes(final),
        trees=trees,
        trained_rows=count,
        test_rows=count - choose_end,
        log_loss=mean_log_loss(chances, outcomes[judge]),
        market_log_loss=mean_log_loss(_chances(baseline[judge]), outcomes[judge]),
    )


def _fit(
    features: Floats,
    baseline: Floats,
    outcomes: Integers,
    rows: slice,
    *,
    trees: int,
    threads: int,
    choose: slice | None = None,
) -> Any:
    from catboost import CatBoostClassifier, Pool

    model = CatBoostClassifier(
        loss_function="MultiClass",
        classes_count=CLASSES,
        iterations=trees,
        depth=DEPTH,
        learning_rate=LEARNING_RATE,
        l2_leaf_reg=LEAF_REGULARISATION,
        random_seed=SEED,
        thread_count=threads,
        use_best_model=choose is not None,
        od_type="Iter",
        od_wait=PATIENCE_TREES,
        allow_writing_files=False,
        verbose=False,
    )
    judges = Pool(features[choose], outcomes[choose], baseline=baseline[choose]) if choose else None
    model.fit(Pool(features[rows], outcomes[rows], baseline=baseline[rows]), eval_set=judges)
    return model


def _raw(model: Any, features: Floats) -> Floats:
    values: Floats = np.asarray(model.predict(features, prediction_type="RawFormulaVal", thread_count=1))
    return values


def _chances(logs: Floats) -> Floats:
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    chances: Floats = powers / powers.sum(axis=1, keepdims=True)
    return chances


def _to_bytes(model: Any) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        model.save_model(str(path), format="cbm")
        return path.read_bytes()
