"""HTTP routes of ml."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from ml.access import get_insight
from ml.queries.insights import describe_insight, find_said_before
from ml.queries.models import list_models
from ml.schemas import InsightReply, ModelsReply
from project.kit.callers import Caller
from project.kit.http import caller_of

router = Router(tags=["models"])


def read_insight(caller: Caller, event_id: UUID) -> InsightReply:
    """What a model says about the event now."""
    return describe_insight(get_insight(event_id), find_said_before(event_id))


def read_models(caller: Caller) -> ModelsReply:
    """The listed models with their public records."""
    return ModelsReply(models=list_models())


@router.get("/events/{uuid:event_id}/insight", response=InsightReply, operation_id="get_insight")
def insight_view(request: HttpRequest, event_id: UUID) -> InsightReply:
    return read_insight(caller_of(request), event_id)


@router.get("/models", response=ModelsReply, operation_id="list_models")
def models_view(request: HttpRequest) -> ModelsReply:
    return read_models(caller_of(request))
