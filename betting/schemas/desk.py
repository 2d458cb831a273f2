"""What a trader proposes about struck bets, and what it is shown to move."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, PlainSerializer, StringConstraints

from betting.schemas.markets import MarketStatusName, ResultName
from betting.schemas.slips import CurrencyCode
from project.kit.money import MoneyOut, OddsIn, OddsOut
from project.kit.schemas import AnyCase, Command, Instant, InstantIn, Reply, write_instant


def _write_border(instant: datetime) -> str:
    return write_instant(instant, timespec="microseconds")


Border = Annotated[InstantIn, PlainSerializer(_write_border, return_type=str)]
"""An instant that divides slips, kept as exactly as theirs: two may lie within one millisecond."""
Places = Annotated[int, Field(strict=True, ge=1, le=100)]


class VoidMarketPayload(Command):
    """Bets on the market placed in [starts_at, ends_at) are void; an open end is null."""

    starts_at: Border | None = None
    ends_at: Border | None = None


class UndoVoidPayload(Command):
    """Take a cancel window back: the earlier settlement stands again."""

    window_id: UUID


class GivenResult(Command):
    """The result of one selection by hand. `dead_heat_places` of `dead_heat_tied` share a tie."""

    selection_id: UUID
    result: Annotated[ResultName, AnyCase]
    void_halves: Annotated[int, Field(strict=True, ge=0, le=2)] = 0
    dead_heat_places: Places = 1
    dead_heat_tied: Places = 1
    place_result: Annotated[ResultName, AnyCase] | None = None
    place_dead_heat_places: Places = 1
    place_dead_heat_tied: Places = 1


class SettleMarketPayload(Command):
    """Results of selections by hand, whether for the first time or as a correction."""

    results: Annotated[list[GivenResult], Field(min_length=1, max_length=200)]


class RollBackPayload(Command):
    """No selection of the market has a result any more: its bets are open again."""


class DeductionPayload(Command):
    """Rule 4: percent off the winnings of bets placed before the withdrawal."""

    percent: Annotated[int, Field(strict=True, ge=1, le=90)]
    placed_before: Border
    withdrawn_selection_id: UUID | None = None


class UndoDeductionPayload(Command):
    """Take a deduction back."""

    deduction_id: UUID


DeskPayload = (
    VoidMarketPayload
    | UndoVoidPayload
    | SettleMarketPayload
    | RollBackPayload
    | DeductionPayload
    | UndoDeductionPayload
)


class MovedMoney(Reply):
    """What one currency moves: paid to people, and taken back from them."""

    currency: CurrencyCode
    paid: MoneyOut
    taken_back: MoneyOut


class OverdrawnPerson(Reply):
    """Somebody whose wallet would stand below zero."""

    user_id: UUID
    currency: CurrencyCode
    balance: MoneyOut


class MovedPools(Reply):
    """What the market's pools of one currency pay and take back, by how many tickets that move."""

    currency: CurrencyCode
    tickets: int
    paid: MoneyOut
    taken_back: MoneyOut


class DeskPreview(Reply):
    """Exactly what a proposal would do: `slips` are settled again, of which `moving` pay more or less than before, and
    `pools` on the market are divided again. `money` is that of the slips."""

    slips: int
    moving: int
    outcomes: dict[str, int]
    money: list[MovedMoney]
    pools: list[MovedPools] = Field(default_factory=list)
    overdrawn: list[OverdrawnPerson]


DeskKind = Literal["void_market", "undo_void", "settle_market", "roll_back", "deduction", "undo_deduction"]
DeskStatus = Literal["proposed", "approved", "applied", "rejected"]
ReasonIn = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=3, max_length=500)]


class ReasonCommand(Command):
    """Why: it is kept beside what changed."""

    reason: ReasonIn


class StopCommand(ReasonCommand):
    """Stop betting, or let it go on."""

    is_stopped: Annotated[bool, Field(strict=True)]


class HoldCommand(ReasonCommand):
    """Set a price and hold it; null gives it back to the model."""

    odds: OddsIn | None


class ProposeCommand(ReasonCommand):
    """A change of a market's bets. `payload` is that of its kind."""

    kind: Annotated[DeskKind, AnyCase]
    market_id: UUID
    payload: dict[str, Any] = Field(default_factory=dict)


class SwitchReply(Reply):
    """One switch; `scope` is all or sport:<slug>."""

    scope: str
    name: str
    is_stopped: bool
    reason: str
    changed_at: Instant | None


class DeskMoney(Reply):
    """Net stakes, below zero where slips pay more without their selection, and the worst case in one currency."""

    currency: CurrencyCode
    stakes: MoneyOut
    worst: MoneyOut


class DeskEvent(Reply):
    """An event as the desk watches it. `state` says whether it takes bets, or who stopped it."""

    id: UUID
    name: str
    sport: str
    status: str
    score: str
    clock: str
    state: Literal["open", "stopped", "suspended", "switched_off"]
    stop_reason: str
    markets_open: int
    markets_suspended: int
    exposure: list[DeskMoney]


class DeskOverview(Reply):
    """Everything the desk's first page shows."""

    switches: list[SwitchReply]
    events: list[DeskEvent]
    waiting: int


class DeskActionReply(Reply):
    """A proposal and where it stands."""

    id: UUID
    kind: DeskKind
    market_id: UUID
    event_id: UUID
    payload: dict[str, Any]
    preview: DeskPreview
    needs_approval: bool
    reason: str
    status: DeskStatus
    proposed_by: str
    proposed_at: Instant
    decided_by: str | None
    decided_at: Instant | None
    applied_by: str | None
    applied_at: Instant | None


class HeldPriceReply(Reply):
    """A selection's price now, and whether the desk has set and holds it."""

    selection_id: UUID
    odds: OddsOut | None
    is_held: bool


class MarketStopReply(Reply):
    """A market after it was stopped or opened."""

    market_id: UUID
    status: MarketStatusName


class EventStopReply(Reply):
    """An event after it was stopped or opened."""

    event_id: UUID
    is_suspended: bool
