"""Training: once per state of the data, in the open, and never two at a time."""

from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections, transaction
from pytest_django import Settings

from ml.actions import train_house_model, training
from ml.engines import model_cache
from ml.locks import TRAINING_LOCK
from ml.models import MLModel, ModelTrainingHistory, ModelVersion
from ml.queries.models import OUTCOME_MODEL
from ml.queries.past_matches import history_fingerprint, list_past_matches
from project.kit import clock
from project.kit.models import RecordedEvent
from sports.models import HistoricalEvent
from tests.ml.history import import_league


@pytest.fixture(autouse=True)
def own_cache(settings: Settings, tmp_path: Path) -> Path:
    settings.CACHE_FOLDER = tmp_path
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_history_makes_a_champion_with_measured_losses() -> None:
    matches = import_league()

    version = train_house_model()

    assert version is not None
    assert (version.version, version.engine, version.file_format) == ("1.0.0", "catboost", "cbm")
    assert MLModel.objects.get(api_name=OUTCOME_MODEL).champion == version
    history = ModelTrainingHistory.objects.get()
    assert (history.status, history.model_version) == ("completed", version)
    assert history.metrics["trained_rows"] == matches - matches // 10
    assert 0.8 < history.metrics["log_loss"] < 1.15
    assert abs(history.metrics["log_loss"] - history.metrics["market_log_loss"]) < 0.02
    assert RecordedEvent.objects.filter(type="ml.model_trained").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_data_trains_once_and_new_data_again() -> None:
    import_league()

    first, again = train_house_model(), train_house_model()
    import_league(seed=8)
    second = train_house_model()

    assert first is not None
    assert again is None
    assert second is not None
    assert (first.version, second.version) == ("1.0.0", "2.0.0")
    assert ModelTrainingHistory.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_fresh_database_with_known_data_takes_the_kept_model(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_league()
    fingerprint = history_fingerprint()
    model_cache.keep(own_cache / "models", fingerprint, model_cache.TrainedModel(b"kept", {"teams": {}}, {"trees": 3}))
    monkeypatch.setattr(training, "train_trees", lambda *_, **__: pytest.fail("trained although the model was kept"))

    version = train_house_model()

    assert version is not None
    assert bytes(version.file or b"") == b"kept"
    assert version.metrics == {"trees": 3}


@pytest.mark.django_db(transaction=True)
def test_without_history_nothing_happens() -> None:
    assert train_house_model() is None
    assert ModelTrainingHistory.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_history_without_prices_is_recorded_as_too_little_and_left_alone_for_a_while() -> None:
    import_league()
    HistoricalEvent.objects.update(odds={})

    assert train_house_model() is None
    assert train_house_model() is None

    history = ModelTrainingHistory.objects.get()
    assert (history.status, history.error) == ("failed", "0 past matches with prices; 300 are needed.")


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_stands_back_until_the_first_is_gone() -> None:
    import_league()
    model = MLModel.objects.get(api_name=OUTCOME_MODEL)
    running = ModelTrainingHistory.objects.create(model=model, data_fingerprint="x", training_start=clock.now())
    first_worker = connections.create_connection("default")
    with first_worker.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [TRAINING_LOCK])

    assert train_house_model() is None
    first_worker.close()
    with connection.cursor() as cursor:  # its session takes a moment to end
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [TRAINING_LOCK])
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [TRAINING_LOCK])
    assert train_house_model() is not None

    running.refresh_from_db()
    assert (running.status, running.error) == ("failed", "Its worker went away.")


@pytest.mark.django_db(transaction=True)
def test_an_error_is_recorded_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    import_league()

    def break_down(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(training, "train_trees", break_down)
    with pytest.raises(MemoryError):
        train_house_model()

    assert ModelTrainingHistory.objects.get().status == "failed"
    assert ModelVersion.objects.filter(model__api_name=OUTCOME_MODEL).count() == 0


@pytest.mark.django_db
def test_the_database_allows_one_running_training_per_model() -> None:
    model = MLModel.objects.get(api_name=OUTCOME_MODEL)
    ModelTrainingHistory.objects.create(model=model, data_fingerprint="x", training_start=clock.now())

    with pytest.raises(IntegrityError, match="ml_training_one_at_a_time"), transaction.atomic():
        ModelTrainingHistory.objects.create(model=model, data_fingerprint="y", training_start=clock.now())


@pytest.mark.django_db
def test_a_version_never_changes() -> None:
    version = ModelVersion.objects.get(model__api_name="closed-form")

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ModelVersion.objects.filter(pk=version.pk).update(version="9.9.9")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ml_model_version WHERE id = %s", [version.pk])

    version.refresh_from_db()
    assert version.version == "1.0.0"


@pytest.mark.django_db(transaction=True)
def test_past_matches_come_in_order_with_a_name_that_lasts() -> None:
    import_league()

    past = list(list_past_matches())

    days = [match.fixture.day for match in past]
    assert days == sorted(days)
    assert all(match.market is not None and match.played.market is not None for match in past)
    assert all("|" in match.fixture.home for match in past)
