"""What clients send and get about cash-outs."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from betting.core.cash_out import Unavailable
from betting.schemas.slips import CurrencyCode, SlipReply
from project.kit.money import MoneyIn, MoneyOut, OddsOut
from project.kit.schemas import Command, Instant, Reply

ShareOut = Annotated[str, StringConstraints(pattern=r"^0\.[0-9]{3}$")]
FactorOut = Annotated[str, StringConstraints(pattern=r"^[0-9]+(/[0-9]+)?$")]
CashOutKindName = Literal["full", "partial", "automatic"]


class QuoteCashOutCommand(Command):
    """Ask what `stake` of the remaining stake is worth now; all of it where it is left out."""

    stake: MoneyIn | None = None


class CashOutCommand(Command):
    """Take the offer of a quote."""

    quote_id: UUID


class CashOutTargetCommand(Command):
    """Cash the slip out by itself as soon as the offer for all that remains reaches `target`; null takes it back."""

    target: MoneyIn | None


class CashOutLegReply(Reply):
    """What a leg adds: its exact `factor` once it is settled, else struck odds / `current_odds`."""

    selection_id: UUID
    struck_odds: OddsOut
    current_odds: OddsOut | None
    factor: FactorOut | None


class CashOutQuoteReply(Reply):
    """An offer for `stake`, good until `expires_at` unless a price moves."""

    id: UUID
    slip_id: UUID
    stake: MoneyOut
    offer: MoneyOut
    remaining_stake: MoneyOut
    currency: CurrencyCode
    margin: ShareOut
    legs: list[CashOutLegReply]
    expires_at: Instant


class TakenCashOut(Reply):
    """One part of a slip that was cashed out."""

    id: UUID
    kind: CashOutKindName
    stake: MoneyOut
    paid: MoneyOut
    at: Instant


class CashOutReply(Reply):
    """What was paid for which part, and the slip after it."""

    cash_out: TakenCashOut
    slip: SlipReply


class CashOutValueReply(Reply):
    """What all that remains of a slip would be cashed out for now; `reason` says why there is no offer.

    Between two of these a client follows the offer by itself: remaining stake x factors x struck / current x
    (1 - margin), rounded down.
    """

    slip_id: UUID
    offer: MoneyOut | None
    reason: Unavailable | None
    remaining_stake: MoneyOut
    target: MoneyOut | None
    currency: CurrencyCode
    margin: ShareOut
    legs: list[CashOutLegReply]
    taken: list[TakenCashOut]
