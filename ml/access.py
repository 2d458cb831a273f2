"""From an id to an insight. Insights are public, so access only asks whether there is one."""

from uuid import UUID

from ml.models import BettingModelInsight
from ml.queries.insights import find_insight
from project.kit.errors import NotFound


def get_insight(event_id: UUID) -> BettingModelInsight:
    """The newest insight of an event. Raises NotFound."""
    insight = find_insight(event_id)
    if insight is None:
        raise NotFound("No model has spoken about this event")
    return insight
