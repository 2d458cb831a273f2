"""What clients send and get about slips: the bet they ask for, its legs, and what became of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from betting.schemas.markets import PlaceTerms, ResultName
from project.kit.money import MoneyIn, MoneyOut, OddsOut
from project.kit.schemas import AnyCase, Command, Instant, Reply

LEGS_MAX = 20  # 20 legs at the ladder's highest price still fit exact arithmetic comfortably

CurrencyCode = Annotated[str, StringConstraints(strict=True, pattern="^[A-Z]{3}$")]
# As OddsIn, and above 1: at 1 there is nothing to win, and no market has such a price.
SeenOdds = Annotated[
    str,
    StringConstraints(
        strict=True,
        max_length=10,
        pattern=r"^(1\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9])|([2-9]|[1-9][0-9]{1,5})(\.[0-9]{1,3})?)$",
    ),
]
PricePolicyName = Literal["none", "better", "any"]
SlipStatusName = Literal["pending_delay", "rejected", "accepted", "won", "lost", "partial", "void", "cashed_out"]
BetTypeName = Literal[
    "single",
    "accumulator",
    "trixie",
    "patent",
    "yankee",
    "lucky15",
    "super_yankee",
    "lucky31",
    "heinz",
    "lucky63",
    "super_heinz",
    "goliath",
    "system",
]
LineSize = Annotated[int, Field(strict=True, ge=1, le=LEGS_MAX)]


class LegCommand(Command):
    """A selection at the price the person saw. `price_policy` overrides the slip's for this leg."""

    selection_id: UUID
    odds: SeenOdds
    is_banker: StrictBool = False
    price_policy: Annotated[PricePolicyName, AnyCase] | None = None


class PlaceSlipCommand(Command):
    """A bet. `price_policy` says which price moves are taken without asking again.

    `stake` is the whole stake, or that of one line where `stake_kind` is line. `line_sizes` belongs to a system alone:
    [2, 3] are all doubles and trebles of the legs that are no bankers; every banker stands in each line.
    """

    stake: MoneyIn
    currency: CurrencyCode
    price_policy: Annotated[PricePolicyName, AnyCase] = "none"
    legs: Annotated[list[LegCommand], Field(min_length=1, max_length=LEGS_MAX)]
    bet_type: Annotated[BetTypeName, AnyCase] = "single"
    stake_kind: Annotated[Literal["total", "line"], AnyCase] = "total"
    line_sizes: Annotated[list[LineSize], Field(min_length=1, max_length=LEGS_MAX)] | None = None
    is_each_way: StrictBool = False
    free_bet_id: UUID | None = None


class SlipLegReply(Reply):
    """One leg at its struck price. `void_halves` is 2 where the leg is void, 1 where half of it is."""

    selection_id: UUID
    market_id: UUID
    event_id: UUID
    event_name: str
    market_name: str
    selection_name: str
    odds: OddsOut
    status: Literal["open", "settled"]
    result: ResultName | None
    is_banker: bool = False
    void_halves: int = 0
    dead_heat: str | None = None
    deduction_percent: int = 0
    place_terms: PlaceTerms | None = None
    place_result: ResultName | None = None


class Rejection(Reply):
    """Why a slip was not accepted after its delay: the code of the error contract and its fields."""

    code: str
    detail: dict[str, Any] = Field(default_factory=dict)


class SlipReply(Reply):
    """A slip; `potential_win` is what it pays if every leg wins, stake included.

    `odds` is null where a slip has several lines. `remaining_stake` is what cash-outs have left running; `payout` is
    what settlement paid, `cashed_out` what cash-outs did. `due_at` is when a delayed slip is judged.
    """

    id: UUID
    status: SlipStatusName
    bet_type: BetTypeName
    stake: MoneyOut
    odds: OddsOut | None
    potential_win: MoneyOut
    payout: MoneyOut | None
    currency: CurrencyCode
    placed_at: Instant
    settled_at: Instant | None
    price_policy: PricePolicyName
    legs: list[SlipLegReply]
    event_id: UUID | None
    predicted_outcome: str | None
    line_sizes: list[int]
    line_count: int
    is_each_way: bool
    is_free_bet: bool
    remaining_stake: MoneyOut
    cashed_out: MoneyOut
    cash_out_target: MoneyOut | None
    due_at: Instant | None
    rejection: Rejection | None
