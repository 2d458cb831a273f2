"""Writes of ml."""

from ml.actions.insights import refresh_insights
from ml.actions.scoring import score_insights
from ml.actions.training import train_house_model

__all__ = ["refresh_insights", "score_insights", "train_house_model"]
