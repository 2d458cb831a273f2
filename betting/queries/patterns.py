"""Slips as patterns are found in, the patterns found, and whose are out of date."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import DateTimeField, Exists, Max, OuterRef, Prefetch, Value
from django.db.models.functions import Coalesce

from betting.core.patterns import SlipFact
from betting.models import BetLeg, BetSlip, SlipStatus, UserBettingPattern
from betting.queries.slips import list_cash_out_ends
from betting.schemas.patterns import PatternReply

SLIPS_MAX: Final = 500  # the newest: habits change
NOT_STANDING: Final = (SlipStatus.PENDING_DELAY, SlipStatus.REJECTED)
SETTLES_WITHIN: Final = timedelta(hours=3)  # while slips are young their results still come in
FOUND_AT_MOST_EVERY: Final = timedelta(minutes=10)
LONG_AGO: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def list_slip_facts(user_id: UUID) -> list[SlipFact]:
    """A person's newest slips as plain values."""
    legs = BetLeg.objects.order_by("position").select_related("market", "event__sport")
    slips = BetSlip.objects.filter(user_id=user_id).exclude(status__in=NOT_STANDING)
    rows = slips.order_by("-placed_at", "-id").prefetch_related(Prefetch("legs", legs, to_attr="legs_in_order"))
    newest = list(rows[:SLIPS_MAX])
    ended = list_cash_out_ends(newest)
    return [_fact(row, row.settled_at or ended.get(row.id)) for row in newest]


def list_patterns(user_id: UUID) -> list[PatternReply]:
    """What was last found in a person's slips."""
    return [
        PatternReply(
            pattern_identifier=row.pattern_identifier, description=row.description, detected_on=row.detected_on
        )
        for row in UserBettingPattern.objects.filter(user_id=user_id).order_by("pattern_identifier")
    ]


def list_user_ids_out_of_date(now: datetime, limit: int) -> list[UUID]:
    """People with slips younger than their patterns, or whose results may have come in since.

    One probe of the index of slips by person and time for each person.
    """
    found = UserBettingPattern.objects.filter(user_id=OuterRef("id")).values("user_id")
    newest = found.annotate(at=Max("detected_on")).values("at")
    detected = Coalesce(newest, Value(LONG_AGO), output_field=DateTimeField())
    people = get_user_model().objects.annotate(detected=detected).filter(detected__lt=now - FOUND_AT_MOST_EVERY)
    slips = BetSlip.objects.filter(user_id=OuterRef("id"), placed_at__gt=OuterRef("detected") - SETTLES_WITHIN)
    return list(people.filter(Exists(slips)).order_by("detected", "id").values_list("id", flat=True)[:limit])


def _fact(slip: BetSlip, ended_at: datetime | None) -> SlipFact:
    legs: list[BetLeg] = slip.legs_in_order  # type: ignore[attr-defined]  # from the prefetch above
    back_minor = (slip.payout_minor or 0) + slip.cashed_out_minor
    stake_minor = 0 if slip.free_bet_id is not None else slip.stake_minor
    return SlipFact(
        placed_at=slip.placed_at,
        settled_at=ended_at,
        currency=slip.currency,
        stake_minor=slip.stake_minor,
        profit_minor=back_minor - stake_minor if ended_at else None,
        odds_milli=slip.odds_milli,
        is_in_play=_was_in_play(slip),
        sports=tuple(leg.event.sport.slug for leg in legs),
        market_types=tuple(leg.market.market_type for leg in legs),
        is_free_bet=slip.free_bet_id is not None,
    )


def _was_in_play(slip: BetSlip) -> bool:
    """Whether any of its matches ran when it was taken: a multiple keeps the state of each leg's."""
    states = slip.match_state.get("legs", [slip.match_state])
    return any(state.get("phase", "scheduled") != "scheduled" for state in states)
