"""What clients read about models and insights. They write nothing here."""

from typing import Literal
from uuid import UUID

from project.kit.schemas import Instant, Reply

EngineName = Literal["catboost", "closed_form"]
OutcomeName = Literal["home", "draw", "away"]


class InsightOutcome(Reply):
    """One outcome; `edge` is the model's chance less the market's."""

    outcome: OutcomeName
    name: str
    model_probability: float
    market_probability: float
    edge: float


class InsightReason(Reply):
    """One sentence; `weight` is by how much it moves the log odds of the predicted outcome."""

    text: str
    effect: Literal["for", "against"]
    weight: float


class SealedReply(Reply):
    """The last word before kick-off. `seal` is SHA-256 over event, model, instant and outcomes: nobody can edit it."""

    model: str
    predicted_outcome: OutcomeName
    confidence: float
    outcomes: list[InsightOutcome]
    said_at: Instant
    sealed_at: Instant
    seal: str


class InsightReply(Reply):
    """What a model says about an event now. `minute` and `sealed` are null before kick-off."""

    id: UUID
    event_id: UUID
    model: str
    engine: EngineName
    is_trained: bool
    outcomes: list[InsightOutcome]
    predicted_outcome: OutcomeName
    confidence: float
    reasons: list[InsightReason]
    as_of: Instant
    minute: int | None
    note: str
    sealed: SealedReply | None


class ModelRecord(Reply):
    """How the sealed predictions of a model did: mean log loss beside the market's on the same matches."""

    n: int
    log_loss: float | None
    market_log_loss: float | None
    correct: int


class TrainingReply(Reply):
    """The champion's training: losses on matches that were kept apart from it."""

    finished_at: Instant
    trained_rows: int
    test_rows: int
    log_loss: float
    market_log_loss: float


class ModelReply(Reply):
    """One listed model."""

    id: UUID
    name: str
    api_name: str
    developer: str
    category: str
    description: str
    version: str
    engine: EngineName | None
    sha256: str | None
    record: ModelRecord
    training: TrainingReply | None


class ModelsReply(Reply):
    """All listed models."""

    models: list[ModelReply]
