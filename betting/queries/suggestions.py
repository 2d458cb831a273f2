"""What can be suggested now, and what was suggested before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import prod
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from betting.core.strategies.ticks import MILLION
from betting.core.suggestions import Candidate
from betting.models import BetSlipGenerationLeg, BetSlipGenerationLog, MarketStatus, Selection
from betting.queries.markets import format_odds
from betting.queries.switches import read_switches
from betting.schemas.suggestions import SuggestedLeg, SuggestionReply
from ml.core.market_view import RESULT_KEY
from ml.models import BettingModelInsight
from ml.queries.insights import model_label
from project.kit.pagination import paginate
from project.kit.schemas import Page
from sports.models import EventStatus, Sport

EVENTS_MAX: Final = 300  # the next ones; nobody waits for a suggestion about next month
NOTE: Final = (
    "A suggestion from what the model and the market say now, not a promise. Prices hold a margin, and most bets lose"
    " in the long run. Stake only what you can do without."
)


@dataclass(frozen=True)
class Suggestible:
    """A candidate with the rows it was made of."""

    candidate: Candidate
    selection: Selection
    insight: BettingModelInsight


def list_suggestible(sports: Sequence[str] | None, *, with_live: bool, now: datetime) -> list[Suggestible]:
    """Selections of what insights speak of, with a price and an insight, in a constant number of statements."""
    selections = Selection.objects.select_related("market__event__live_state", "market__event__book").filter(
        market__key=RESULT_KEY,
        market__status=MarketStatus.ACTIVE,
        market__is_stopped=False,
        market__event__live_state__is_betting_stopped=False,
        market__event__book__is_suspended=False,
        odds_milli__isnull=False,
    )
    scheduled = selections.filter(market__event__status=EventStatus.SCHEDULED, market__event__start_time__gt=now)
    live = selections.filter(market__event__status=EventStatus.ONGOING)
    wanted = scheduled | live if with_live else scheduled
    if sports is not None:
        wanted = wanted.filter(market__event__sport__slug__in=sports)
    switches = read_switches()
    stopped = [slug for slug in Sport.objects.values_list("slug", flat=True) if switches.is_stopped(slug)]
    wanted = wanted.exclude(market__event__sport__slug__in=stopped)
    rows = list(wanted.order_by("market__event__start_time", "market__event_id", "sort")[: 3 * EVENTS_MAX])
    insights = _newest_insights([row.market.event_id for row in rows])
    found = []
    for row in rows:
        insight = insights.get(row.market.event_id)
        candidate = _candidate(row, insight) if insight is not None else None
        if insight is not None and candidate is not None:
            found.append(Suggestible(candidate, row, insight))
    return found


def with_legs(rows: QuerySet[BetSlipGenerationLog]) -> QuerySet[BetSlipGenerationLog]:
    """Suggestions with all that a reply names, in a constant number of statements."""
    legs = BetSlipGenerationLeg.objects.select_related("selection__market__event", "model_version__model")
    legs = legs.defer("model_version__file", "model_version__ratings")
    return (
        rows.select_related("model_version__model")
        .defer("model_version__file", "model_version__ratings")
        .prefetch_related(Prefetch("legs", legs.order_by("position"), to_attr="legs_in_order"))
    )


def get_suggestion_reply(suggestion_id: UUID) -> SuggestionReply:
    return _describe(with_legs(BetSlipGenerationLog.objects.filter(id=suggestion_id)).get())


def list_suggestions(user_id: UUID, *, cursor: str | None, limit: int) -> Page[SuggestionReply]:
    """A person's suggestions, newest first."""
    rows = with_legs(BetSlipGenerationLog.objects.filter(user_id=user_id))
    return paginate(rows, cursor=cursor, limit=limit, order=("-generation_timestamp", "-id"), shape=_describe)


def _newest_insights(event_ids: Sequence[UUID]) -> Mapping[UUID, BettingModelInsight]:
    rows = BettingModelInsight.objects.filter(event_id__in=set(event_ids)).order_by("event_id", "version")
    return {row.event_id: row for row in rows}


def _candidate(selection: Selection, insight: BettingModelInsight) -> Candidate | None:
    said = next((one for one in insight.outcomes if one["outcome"] == selection.outcome), None)
    if said is None or selection.odds_milli is None:
        return None
    is_predicted = insight.predicted_outcome == selection.outcome
    return Candidate(
        event_id=str(selection.market.event_id),
        selection_id=str(selection.id),
        name=selection.name,
        odds_milli=selection.odds_milli,
        model_millionths=round(said["model_probability"] * MILLION),
        market_millionths=round(said["market_probability"] * MILLION),
        # The insight's reasons speak of its predicted outcome alone.
        reasons=tuple(reason["text"] for reason in insight.reasons) if is_predicted else (),
    )


def _describe(log: BetSlipGenerationLog) -> SuggestionReply:
    rows: list[BetSlipGenerationLeg] = log.legs_in_order  # type: ignore[attr-defined]  # from `with_legs`
    return SuggestionReply(
        id=log.id,
        generation_timestamp=log.generation_timestamp,
        bet_type="single" if len(rows) == 1 else "accumulator",
        odds=format_odds(log.odds_milli) or "",
        chance=round(prod(row.model_millionths / MILLION for row in rows), 6),
        legs=[_describe_leg(row) for row in rows],
        model_version=model_label(log.model_version),
        insight_used=log.insight_used_id,
        note=NOTE,
        feedback=log.feedback or None,  # type: ignore[arg-type]  # a check constraint admits only these
        slip_id=log.bet_slip_id,
    )


def _describe_leg(row: BetSlipGenerationLeg) -> SuggestedLeg:
    market = row.selection.market
    return SuggestedLeg(
        selection_id=row.selection_id,
        event_id=market.event_id,
        event_name=market.event.name,
        market_name=market.name,
        selection_name=row.selection.name,
        odds=format_odds(row.odds_milli) or "",
        model_probability=row.model_millionths / MILLION,
        market_probability=row.market_millionths / MILLION,
        edge=(row.model_millionths - row.market_millionths) / MILLION,
        insight_id=row.insight_id,
        model=model_label(row.model_version),
        reasons=row.reasons,
    )
