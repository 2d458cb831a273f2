"""Events whose insight is behind: what the sweep works through."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from ml.models import BettingModelInsight
from ml.models.insights import InsightStage
from ml.queries.models import find_outcome_version, get_closed_form_version
from project.kit import clock
from sports.models import EventStatus, LiveState

EVENTS_MAX: Final = 200  # per sweep and transaction
LIVE_STATUSES: Final = (EventStatus.ONGOING, EventStatus.INTERRUPTED)
LOOK_BACK: Final = timedelta(days=1)  # what began earlier has ended, and its insight with it


def list_events_behind(limit: int = EVENTS_MAX) -> list[UUID]:
    """Scheduled events on which the champion has not spoken, and events in play that moved since their insight.

    Those in play come first. An event that ended before anything was said about it needs no insight any more.
    """
    insights = BettingModelInsight.objects.filter(event_id=OuterRef("event_id"))
    champion = find_outcome_version() or get_closed_form_version()
    spoken = insights.filter(stage=InsightStage.BEFORE, model_version=champion)
    followed = insights.filter(stage=InsightStage.IN_PLAY, live_version__gte=OuterRef("version"))
    begun = insights.filter(stage=InsightStage.BEFORE)
    is_before = Q(event__status=EventStatus.SCHEDULED) & ~Exists(spoken)
    is_live = Q(event__status__in=LIVE_STATUSES) & ~Exists(followed)
    has_ended = Q(event__status=EventStatus.COMPLETED) & Exists(begun) & ~Exists(followed)
    rows = (
        LiveState.objects.filter(is_before | is_live | has_ended, event__sport__slug="football")
        .filter(event__start_time__gte=clock.now() - LOOK_BACK)
        .order_by(F("minute").desc(), "event__start_time", "event_id")
        .values_list("event_id", flat=True)
    )
    return list(rows[:limit])
