"""What the trading desk watches: events with their state and risk, the switches, proposals that wait."""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter
from typing import Final, Literal
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, Value, When

from betting.core.risk import worst_of_event_minor
from betting.core.switches import ALL, Switches, sport_scope
from betting.models import BettingSwitch, DeskAction, DeskActionStatus, EventBook, Market, MarketStatus
from betting.queries.books import PRICED_EVENT_STATUSES
from betting.queries.exposure_desk import MarketExposure, list_exposures
from betting.queries.switches import read_switches
from betting.schemas.desk import DeskActionReply, DeskEvent, DeskMoney, DeskOverview, SwitchReply
from project.kit.money import format_minor
from project.kit.pagination import paginate
from project.kit.schemas import Page
from sports.core.sport_state import clock_text, score_text
from sports.models import Event, EventStatus, Sport
from sports.queries.scoreboards import get_participant_names

EVENTS_MAX: Final = 200  # in play first, then by their start: more than one desk can watch

State = Literal["open", "stopped", "suspended", "switched_off"]


def get_overview() -> DeskOverview:
    """The desk's first page, in a handful of queries however many events there are."""
    in_play_first = Case(When(status=EventStatus.ONGOING, then=Value(0)), default=Value(1), output_field=IntegerField())
    events = Event.objects.filter(status__in=PRICED_EVENT_STATUSES, book__isnull=False)
    listed = list(
        events.select_related("sport", "live_state", "book").order_by(in_play_first, "start_time", "id")[:EVENTS_MAX]
    )
    switches = read_switches()
    event_ids = [event.id for event in listed]
    exposures = list_exposures(event_ids)
    markets = _count_markets(event_ids)
    return DeskOverview(
        switches=list_switches(),
        events=[
            _describe(event, switches, exposures.get(event.id, []), markets.get(event.id, (0, 0))) for event in listed
        ],
        waiting=DeskAction.objects.filter(status__in=[DeskActionStatus.PROPOSED, DeskActionStatus.APPROVED]).count(),
    )


def list_switches() -> list[SwitchReply]:
    """The switch of all betting, then one for each sport; those that were never touched are on."""
    rows = {row.scope: row for row in BettingSwitch.objects.all()}
    names = {ALL: "All betting"} | {sport_scope(sport.slug): sport.name for sport in Sport.objects.order_by("name")}
    return [_switch_reply(scope, name, rows.get(scope)) for scope, name in names.items()]


def _switch_reply(scope: str, name: str, row: BettingSwitch | None) -> SwitchReply:
    if row is None:
        return SwitchReply(scope=scope, name=name, is_stopped=False, reason="", changed_at=None)
    return SwitchReply(scope=scope, name=name, is_stopped=row.is_stopped, reason=row.reason, changed_at=row.changed_at)


def describe_action(action: DeskAction) -> DeskActionReply:
    """A proposal as the desk sees it."""
    return DeskActionReply.model_validate(
        {
            "id": action.id,
            "kind": action.kind,
            "market_id": action.market_id,
            "event_id": action.event_id,
            "payload": action.payload,
            "preview": action.preview,
            "needs_approval": action.needs_approval,
            "reason": action.reason,
            "status": action.status,
            "proposed_by": action.proposed_by.username,
            "proposed_at": action.proposed_at,
            "decided_by": action.decided_by.username if action.decided_by else None,
            "decided_at": action.decided_at,
            "applied_by": action.applied_by.username if action.applied_by else None,
            "applied_at": action.applied_at,
        }
    )


def list_actions(*, cursor: str | None) -> Page[DeskActionReply]:
    """Proposals, newest first."""
    actions = DeskAction.objects.select_related("proposed_by", "decided_by", "applied_by")
    return paginate(actions, cursor=cursor, order=("-proposed_at", "-id"), shape=describe_action)


def _count_markets(event_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Open and suspended markets, by event."""
    open_now = Count("id", filter=Q(status=MarketStatus.ACTIVE, is_stopped=False))
    stopped = Count("id", filter=Q(status=MarketStatus.SUSPENDED) | Q(status=MarketStatus.ACTIVE, is_stopped=True))
    rows = Market.objects.filter(event_id__in=event_ids).order_by().values("event_id")
    return {row["event_id"]: (row["open"], row["stopped"]) for row in rows.annotate(open=open_now, stopped=stopped)}


def _describe(
    event: Event, switches: Switches, exposures: Sequence[MarketExposure], markets: tuple[int, int]
) -> DeskEvent:
    state = event.live_state.to_state()
    return DeskEvent(
        id=event.id,
        name=event.name,
        sport=event.sport.slug,
        status=event.status,
        score=score_text(state, get_participant_names(event.id) if state.sport == "outright" else None),
        clock=clock_text(state),
        state=_state_of(event, switches),
        stop_reason=event.live_state.stop_reason,
        markets_open=markets[0],
        markets_suspended=markets[1],
        exposure=_sum_up(exposures),
    )


def _state_of(event: Event, switches: Switches) -> State:
    book: EventBook = attrgetter("book")(event)  # mypy's plugin loses reverse relations into a higher app
    if switches.is_stopped(event.sport.slug):
        return "switched_off"
    if book.is_suspended:
        return "suspended"
    return "stopped" if event.live_state.is_betting_stopped else "open"


def _sum_up(exposures: Sequence[MarketExposure]) -> list[DeskMoney]:
    currencies: defaultdict[str, list[MarketExposure]] = defaultdict(list)
    for exposure in exposures:
        currencies[exposure.value.currency].append(exposure)
    return [
        DeskMoney(
            currency=currency,
            stakes=format_minor(sum(one.risk.stakes_minor for one in listed), currency),
            worst=format_minor(worst_of_event_minor([one.risk for one in listed if not one.is_decided]), currency),
        )
        for currency, listed in sorted(currencies.items())
    ]
