"""Models, their trainings, insights and scores in the back office, for looking only."""

from typing import ClassVar

from django.contrib import admin

from ml.models import BettingModelInsight, Developer, MLModel, ModelPerformance, ModelTrainingHistory, ModelVersion
from project.kit.read_only_admin import ReadOnlyAdmin

ML_ENGINEER = frozenset({"ML_ENGINEER"})


class ModelPage(ReadOnlyAdmin):
    """What engineers of models may see."""

    viewer_roles = ML_ENGINEER


@admin.register(Developer)
class DeveloperAdmin(ModelPage):
    list_display = ("name", "company", "status", "is_house")
    search_fields = ("name", "company")


@admin.register(MLModel)
class MLModelAdmin(ModelPage):
    list_display = ("name", "api_name", "category", "version", "status")
    list_select_related = ("champion",)
    search_fields = ("name", "api_name")


@admin.register(ModelVersion)
class ModelVersionAdmin(ModelPage):
    list_display = ("model", "version", "engine", "sha256", "created_at")
    list_select_related = ("model",)
    list_filter = ("engine",)
    exclude = ("file", "ratings")


@admin.register(ModelTrainingHistory)
class ModelTrainingHistoryAdmin(ModelPage):
    list_display = ("model", "status", "training_start", "training_end", "metrics")
    list_select_related = ("model",)
    list_filter = ("status",)


@admin.register(BettingModelInsight)
class BettingModelInsightAdmin(ModelPage):
    list_display = ("event", "stage", "predicted_outcome", "confidence_score", "prediction_date", "sealed_at")
    list_select_related = ("event",)
    list_filter: ClassVar = ["stage", "predicted_outcome"]


@admin.register(ModelPerformance)
class ModelPerformanceAdmin(ModelPage):
    list_display = ("insight", "actual_outcome", "is_correct", "log_loss", "market_log_loss", "evaluation_date")
    list_select_related = ("insight",)
    list_filter = ("is_correct",)
