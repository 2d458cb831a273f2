"""What acceptance may answer other than yes, with what a client needs in order to ask again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from accounts.core.own_limits import Kind, Period

CapReason = Literal["payout", "liability", "limit", "own_limit"]


@dataclass(frozen=True)
class MarketClosed:
    reason: str


@dataclass(frozen=True)
class EventBegan:
    event_id: UUID


@dataclass(frozen=True)
class FeedStale:
    event_id: UUID


@dataclass(frozen=True)
class OddsMoved:
    """`current` lists only the legs whose price is not acceptable under the policy."""

    current: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True)
class LegsRelated:
    pass


@dataclass(frozen=True)
class NoPlaceTerms:
    """The market of this leg has no each-way terms. `position` counts from 0."""

    position: int


@dataclass(frozen=True)
class StakeTooHigh:
    """`stake_minor_max` is itself acceptable; 0 when no stake is."""

    stake_minor_max: int
    reason: CapReason


@dataclass(frozen=True)
class StakeTooLow:
    stake_minor_min: int


@dataclass(frozen=True)
class PersonBarred:
    """The house has ended the right to log in."""


@dataclass(frozen=True)
class SelfExclusionHolds:
    until: datetime


@dataclass(frozen=True)
class TimeOutHolds:
    until: datetime


@dataclass(frozen=True)
class OwnLimitReached:
    """A limit that the person set. `remaining_minor` is itself acceptable; 0 when no stake is. `resets_at` is when the
    oldest that counts leaves the window, None where nothing counts yet."""

    kind: Kind
    period: Period
    limit_minor: int
    remaining_minor: int
    resets_at: datetime | None


@dataclass(frozen=True)
class FundsShort:
    available_minor: int


@dataclass(frozen=True)
class FreeBetUnusable:
    """`reason` is used, expired or withdrawn."""

    reason: str


@dataclass(frozen=True)
class FreeBetOfOtherAmount:
    """A token is for exactly this stake."""

    amount_minor: int


Refusal = (
    MarketClosed
    | EventBegan
    | FeedStale
    | OddsMoved
    | LegsRelated
    | NoPlaceTerms
    | StakeTooHigh
    | StakeTooLow
    | PersonBarred
    | SelfExclusionHolds
    | TimeOutHolds
    | OwnLimitReached
    | FundsShort
    | FreeBetUnusable
    | FreeBetOfOtherAmount
)
