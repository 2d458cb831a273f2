"""Trained models on disk by the fingerprint of their data, so that a fresh database with known data trains nothing."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TrainedModel:
    """Everything a training makes: the file, the ratings it goes with, and how its kind did on newer matches."""

    file: bytes
    ratings: dict[str, Any]
    metrics: dict[str, Any]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.file).hexdigest()


def find_cached(folder: Path, fingerprint: str) -> TrainedModel | None:
    """The model of this data, or None. A file that is not the one that was written counts as absent."""
    file_path, facts_path = _paths(folder, fingerprint)
    if not (file_path.is_file() and facts_path.is_file()):
        return None
    facts = json.loads(facts_path.read_bytes())
    model = TrainedModel(file_path.read_bytes(), facts["ratings"], facts["metrics"])
    return model if model.sha256 == facts["sha256"] else None


def keep(folder: Path, fingerprint: str, model: TrainedModel) -> None:
    """Write a model beside others; the facts come last and complete it."""
    file_path, facts_path = _paths(folder, fingerprint)
    folder.mkdir(parents=True, exist_ok=True)
    facts = {"sha256": model.sha256, "ratings": model.ratings, "metrics": model.metrics}
    for path, content in ((file_path, model.file), (facts_path, json.dumps(facts).encode())):
        partial = path.with_suffix(f"{path.suffix}.partial")
        partial.write_bytes(content)
        partial.replace(path)


def _paths(folder: Path, fingerprint: str) -> tuple[Path, Path]:
    return folder / f"{fingerprint}.cbm", folder / f"{fingerprint}.json"
