"""What clients send and get about pools."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from betting.schemas.slips import CurrencyCode
from project.kit.money import MoneyIn, MoneyOut
from project.kit.schemas import Command, Instant, InstantIn, Reply

TAKEOUT_PERCENT_MAX = 30  # the highest that racing takes; above it a pool is no bet
DividendOut = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*\.[0-9]{2}$")]
PoolStatusName = Literal["open", "closed", "settled", "cancelled"]
PoolEntryStatusName = Literal["open", "won", "lost", "refunded"]
PoolName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]


class OpenPoolCommand(Command):
    """A new pool on one market. It closes at the event's start, wherever that is moved, or before at `closes_at`."""

    name: PoolName
    market_id: UUID
    currency: CurrencyCode = "PLY"
    takeout_percent: Annotated[int, Field(strict=True, ge=0, le=TAKEOUT_PERCENT_MAX)] = 10
    min_stake: MoneyIn = "1.00"
    rules: Annotated[str, Field(max_length=500)] = ""
    is_private: StrictBool = False
    closes_at: InstantIn | None = None


class JoinPoolCommand(Command):
    """Becoming a member; a private pool asks for its code."""

    join_code: Annotated[str, Field(max_length=12)] = ""


class EnterPoolCommand(Command):
    """A stake on one selection of the pool's market."""

    selection_id: UUID
    stake: MoneyIn


class PoolTotalReply(Reply):
    """What is staked on one selection; `dividend` is what 1.00 on it would get if it won now, null while unbacked."""

    selection_id: UUID
    name: str
    stake: MoneyOut
    entries: int
    dividend: DividendOut | None
    result: Literal["won", "lost", "void"] | None


class PoolReply(Reply):
    """A pool as a list shows it. `gross` is everything staked, scratched entries included."""

    id: UUID
    name: str
    status: PoolStatusName
    event_id: UUID
    event_name: str
    market_id: UUID
    market_name: str
    currency: CurrencyCode
    takeout_percent: str
    min_stake: MoneyOut
    is_private: bool
    gross: MoneyOut
    entries: int
    members: int
    closes_at: Instant
    settled_at: Instant | None


class PoolEntryReply(Reply):
    """One ticket; `payout` is null until the pool is settled."""

    id: UUID
    pool_id: UUID
    selection_id: UUID
    selection_name: str
    stake: MoneyOut
    currency: CurrencyCode
    status: PoolEntryStatusName
    payout: MoneyOut | None
    placed_at: Instant


class PoolPageReply(Reply):
    """A pool with its field, its rules in words, and the caller's own tickets.

    `takeout`, `breakage` and `top_up` are those of its settlement; `join_code` is shown to members of a private pool.
    """

    pool: PoolReply
    creator: str | None
    rules: list[str]
    totals: list[PoolTotalReply]
    takeout: MoneyOut
    breakage: MoneyOut
    top_up: MoneyOut
    is_member: bool
    join_code: str | None
    my_entries: list[PoolEntryReply]


class PoolValue(Reply):
    """The value of the key `pool` of a pool's topic. `closes_at` moves with the event."""

    id: UUID
    status: PoolStatusName
    gross: MoneyOut
    entries: int
    members: int
    closes_at: Instant


class PoolTotalValue(Reply):
    """The value of a key `s:<selection_id>` of a pool's topic."""

    selection_id: UUID
    stake: MoneyOut
    entries: int
    dividend: DividendOut | None
