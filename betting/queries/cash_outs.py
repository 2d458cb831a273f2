"""Slips as the worth of them is reckoned: legs with today's results, deductions and prices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from operator import attrgetter
from typing import Final, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from betting.core.cash_out import CashOutLeg, CashOutSlip, LegMarket, find_reason, offer_minor
from betting.core.feed import playing_silence_s, silence_s_max
from betting.core.payout import LegOutcome, LegResult
from betting.core.switches import Switches
from betting.models import BetLeg, BetSlip, CashOut, Deduction, EventBook, SlipStatus
from betting.queries.cancel_windows import VoidTimes, read_void_times
from betting.queries.switches import read_switches
from project.kit import clock

NO_SLIP: Final = UUID(int=0)
TARGETS_PAGE: Final = 500  # slips whose legs are read together


@dataclass(frozen=True)
class SlipView:
    """A slip's row, its legs' rows in order, and both as the core sees them."""

    slip: BetSlip
    legs: Sequence[BetLeg]
    facts: CashOutSlip
    void_market_ids: frozenset[UUID]  # those on which a cancel window makes the slip's bet void

    @property
    def versions(self) -> dict[str, list[int]]:
        """What an offer depends on: the versions of each leg's price and result."""
        return {str(leg.selection_id): [leg.selection.version, leg.selection.result_version] for leg in self.legs}


@dataclass(frozen=True)
class _Adjustments:
    """What the desk decided about markets, by market."""

    deductions: Mapping[UUID, Sequence[Deduction]]
    void_times: VoidTimes


def list_legs(slip_ids: Iterable[UUID]) -> dict[UUID, list[BetLeg]]:
    """The legs of slips in their order, with all that their worth depends on."""
    rows = BetLeg.objects.filter(slip_id__in=list(slip_ids)).order_by("slip_id", "position")
    legs: dict[UUID, list[BetLeg]] = defaultdict(list)
    for leg in rows.select_related("selection", "market", "event__sport", "event__live_state", "event__book"):
        legs[leg.slip_id].append(leg)
    return legs


def view_slips(slips: Sequence[BetSlip], now: datetime) -> list[SlipView]:
    """The slips with their legs as they stand now; after the locks where a decision follows."""
    legs = list_legs(slip.id for slip in slips)
    adjustments = _read_adjustments({leg.market_id for of_slip in legs.values() for leg in of_slip})
    switches = read_switches()
    return [
        SlipView(
            slip,
            legs[slip.id],
            _describe_slip(slip, legs[slip.id], adjustments, switches, now),
            frozenset(
                leg.market_id for leg in legs[slip.id] if adjustments.void_times.covers(leg.market_id, slip.placed_at)
            ),
        )
        for slip in slips
    ]


def list_taken(slip_id: UUID) -> list[CashOut]:
    """The cash-outs of a slip, oldest first."""
    return list(CashOut.objects.filter(slip_id=slip_id).order_by("created_at", "id"))


def list_reached_targets(*, event_id: UUID | None = None) -> list[UUID]:
    """Open slips whose offer has reached their target, as far as a look without locks can tell.

    Those with a leg on the event, or all.
    """
    reached: list[UUID] = []
    after = NO_SLIP
    while page := list(_with_target(event_id).filter(id__gt=after).order_by("id")[:TARGETS_PAGE]):
        now = clock.now()
        reached += [view.slip.id for view in view_slips(page, now) if _is_reached(view, now)]
        after = page[-1].id
    return reached


def has_targets(event_id: UUID) -> bool:
    """Whether any open slip with a leg on the event waits for a target. Few slips do: an index holds only those."""
    return _with_target(event_id).exists()


def _with_target(event_id: UUID | None) -> QuerySet[BetSlip]:
    slips = BetSlip.objects.filter(cash_out_target_minor__isnull=False, status=SlipStatus.ACCEPTED)
    if event_id is None:
        return slips
    return slips.filter(id__in=BetLeg.objects.filter(event_id=event_id, slip__in=slips).values("slip_id"))


def _is_reached(view: SlipView, now: datetime) -> bool:
    target_minor = view.slip.cash_out_target_minor
    if target_minor is None or find_reason(view.facts, now) is not None:
        return False
    return offer_minor(view.facts, view.slip.remaining_stake_minor) >= target_minor


def _read_adjustments(market_ids: set[UUID]) -> _Adjustments:
    deductions: dict[UUID, list[Deduction]] = defaultdict(list)
    for deduction in Deduction.objects.filter(market_id__in=market_ids, is_active=True):
        deductions[deduction.market_id].append(deduction)
    return _Adjustments(deductions, read_void_times(market_ids))


def _describe_slip(
    slip: BetSlip, legs: Sequence[BetLeg], adjustments: _Adjustments, switches: Switches, now: datetime
) -> CashOutSlip:
    return CashOutSlip(
        status=slip.status,
        is_each_way=slip.is_each_way,
        is_free_bet=slip.free_bet_id is not None,
        line_sizes=tuple(slip.line_sizes),
        line_count=slip.line_count,
        remaining_stake_minor=slip.remaining_stake_minor,
        payout_minor_max=slip.payout_minor_max,
        legs=[_describe_leg(leg, slip.placed_at, adjustments, switches, now) for leg in legs],
    )


def _describe_leg(
    leg: BetLeg, placed_at: datetime, adjustments: _Adjustments, switches: Switches, now: datetime
) -> CashOutLeg:
    selection = leg.selection
    deductions = tuple(
        Fraction(deduction.percent, 100)
        for deduction in adjustments.deductions.get(leg.market_id, ())
        if placed_at < deduction.placed_before
    )
    result = None
    if adjustments.void_times.covers(leg.market_id, placed_at):
        result = LegResult("void", leg.odds_milli)
    elif selection.result:
        result = LegResult(
            cast(LegOutcome, selection.result),
            leg.odds_milli,
            void_halves=selection.void_halves,
            dead_heat_places=selection.dead_heat_places,
            dead_heat_tied=selection.dead_heat_tied,
            deductions=deductions,
        )
    return CashOutLeg(
        as_won=LegResult("won", leg.odds_milli, deductions=deductions),
        result=result,
        current_odds_milli=selection.odds_milli,
        market=_describe_market(leg, switches, now),
        is_banker=leg.is_banker,
    )


def _describe_market(leg: BetLeg, switches: Switches, now: datetime) -> LegMarket:
    event, live = leg.event, leg.event.live_state
    book: EventBook = attrgetter("event.book")(leg)  # mypy's plugin loses reverse relations into a higher app
    silence_s = silence_s_max(live.phase, playing_s=playing_silence_s(settings.MATCH_SECONDS))
    return LegMarket(
        is_stopped_at_large=book.is_suspended or switches.is_stopped(event.sport.slug),
        is_betting_stopped=live.is_betting_stopped,
        event_status=event.status,
        has_begun=live.phase != "scheduled",
        start_time=event.start_time,
        market_status=leg.market.status,
        is_priced_for_incidents=book.priced_incident_seq >= live.incident_seq,
        state_versions_behind=live.version - book.priced_state_version,
        is_feed_silent=silence_s is not None and (now - live.updated_at).total_seconds() > silence_s,
    )
