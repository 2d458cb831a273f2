"""The engine learns what the market misses, judges itself on rows it never saw, and explains what it says."""

from pathlib import Path

import numpy as np
import pytest

from ml.engines.catboost_engine import CatBoostEngine, TrainedTrees, train_trees
from ml.engines.model_cache import TrainedModel, find_cached, keep

ROWS = 2_000


@pytest.fixture(scope="module")
def biased_market() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A market that thinks every match alike, while the first feature decides who wins."""
    chance = np.random.default_rng(5)
    features = chance.normal(size=(ROWS, 3))
    baseline = np.tile(np.log([0.45, 0.28, 0.27]), (ROWS, 1))
    chances = np.exp(baseline + np.outer(features[:, 0], [0.8, 0.0, -0.8]))
    chances /= chances.sum(axis=1, keepdims=True)
    outcomes = (chance.random(ROWS)[:, None] > np.cumsum(chances, axis=1)).sum(axis=1)
    return features, baseline, outcomes.astype(np.int64)


@pytest.fixture(scope="module")
def trained(biased_market: tuple[np.ndarray, np.ndarray, np.ndarray]) -> TrainedTrees:
    return train_trees(*biased_market, threads=1)


def test_it_beats_the_market_where_the_market_is_wrong(trained: TrainedTrees) -> None:
    assert trained.log_loss < trained.market_log_loss - 0.03
    assert (trained.trained_rows, trained.test_rows) == (2_000, 300)
    assert 1 <= trained.trees <= 300


def test_chances_sum_to_one_and_follow_the_feature_that_matters(trained: TrainedTrees) -> None:
    engine = CatBoostEngine(trained.file)
    features = np.array([[2.0, 0.0, 0.0], [-2.0, 0.0, 0.0]])
    baseline = np.tile(np.log([0.45, 0.28, 0.27]), (2, 1))

    strong, weak = engine.predict(features, baseline)

    assert strong.sum() == pytest.approx(1.0, abs=1e-12)
    assert strong[0] > 0.5 > 0.4 > weak[0]


def test_contributions_name_the_feature_that_matters(trained: TrainedTrees) -> None:
    contributions = CatBoostEngine(trained.file).explain(np.array([[2.0, 0.0, 0.0]]))

    assert contributions.shape == (1, 3, 3)
    assert np.abs(contributions[0, 0]).argmax() == 0
    assert contributions[0, 0, 0] > 0.0 > contributions[0, 2, 0]


def test_training_again_gives_the_same_file(
    trained: TrainedTrees, biased_market: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    again = train_trees(*biased_market, threads=1)

    row, baseline = np.array([[0.3, -1.0, 2.0]]), np.log([[0.4, 0.3, 0.3]])
    assert again.metrics == trained.metrics
    assert (
        CatBoostEngine(again.file).predict(row, baseline) == CatBoostEngine(trained.file).predict(row, baseline)
    ).all()


def test_a_kept_model_is_found_again_and_a_damaged_one_is_not(tmp_path: Path, trained: TrainedTrees) -> None:
    model = TrainedModel(trained.file, {"teams": {}, "bases": {}}, trained.metrics)
    keep(tmp_path, "ab" * 32, model)

    assert find_cached(tmp_path, "ab" * 32) == model
    assert find_cached(tmp_path, "cd" * 32) is None
    (tmp_path / f"{'ab' * 32}.cbm").write_bytes(trained.file[:-1])
    assert find_cached(tmp_path, "ab" * 32) is None
