"""The tables of ml."""

from ml.models.insights import BettingModelInsight, ModelPerformance
from ml.models.registry import Developer, MLModel, ModelVersion
from ml.models.training import ModelTrainingHistory

__all__ = [
    "BettingModelInsight",
    "Developer",
    "MLModel",
    "ModelPerformance",
    "ModelTrainingHistory",
    "ModelVersion",
]
