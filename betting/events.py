"""Facts that betting tells the apps above it."""

from typing import Literal
from uuid import UUID

from project.kit.events import DomainEvent
from project.kit.schemas import WireModel


class AcceptedSlip(WireModel):
    """One slip that stands, with the events of its legs."""

    slip_id: UUID
    user_id: UUID
    event_ids: list[UUID]


class SlipsAccepted(DomainEvent):
    """Slips stand and their stakes lie with the open ones: one fact for all that were written together."""

    type: Literal["betting.slips_accepted"] = "betting.slips_accepted"
    slips: list[AcceptedSlip]


class PersonSlips(WireModel):
    """One person's slips of a settled batch."""

    user_id: UUID
    slip_ids: list[UUID]


class SlipsSettled(DomainEvent):
    """A batch of slips with a leg on an event got another status or payout: settled, corrected, or open again."""

    type: Literal["betting.slips_settled"] = "betting.slips_settled"
    event_id: UUID
    people: list[PersonSlips]


class SlipCashedOut(DomainEvent):
    """A part of a slip, or all that remained, was paid before the slip was settled."""

    type: Literal["betting.slip_cashed_out"] = "betting.slip_cashed_out"
    slip_id: UUID
    user_id: UUID
    cash_out_id: UUID
    kind: str


class MarketStatusChanged(DomainEvent):
    """A trader stopped a market or opened it again."""

    type: Literal["betting.market_status_changed"] = "betting.market_status_changed"
    market_id: UUID
    event_id: UUID
    actor_id: UUID
    status_before: str
    status_after: str
    reason: str


class PersonPayout(WireModel):
    """What one person had staked in a pool and gets out of it, in minor units."""

    user_id: UUID
    stake_minor: int
    payout_minor: int


class PoolSettled(DomainEvent):
    """A pool was divided, refunded or called off; `actor_id` is who called it off."""

    type: Literal["betting.pool_settled"] = "betting.pool_settled"
    pool_id: UUID
    settlement_no: int
    is_cancelled: bool
    actor_id: UUID | None
    people: list[PersonPayout]
