"""Cashing out: an offer at prices whose versions it names, and taking it under the locks that a placement takes."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from betting.actions.slip_rows import DESCRIPTION_LENGTH_MAX
from betting.core.cash_out import QUOTE_SECONDS, Unavailable, find_reason, offer_minor, offer_minor_max
from betting.core.exposure import StruckLeg, shares_of
from betting.errors import CashOutUnavailable, OfferChanged, QuoteExpired
from betting.events import SlipCashedOut
from betting.locks import lock_for_bets, lock_slip
from betting.models import BetLeg, BetSlip, CashOut, CashOutQuote, ExposureDelta, SlipStatus
from betting.queries.cash_out_replies import quote_reply, taken_reply
from betting.queries.cash_outs import SlipView, list_legs, view_slips
from betting.queries.slips import describe_slips
from betting.schemas.cash_outs import (
    CashOutCommand,
    CashOutQuoteReply,
    CashOutReply,
    CashOutTargetCommand,
    QuoteCashOutCommand,
)
from betting.schemas.slips import SlipReply
from betting.streams import SlipCashedOutChange, SlipCashOutTargetChange, user_entry
from payments.actions import ledger
from payments.core.postings import HouseAccount, TransferDraft
from payments.locks import lock_accounts
from payments.queries.accounts import house_account_id
from payments.queries.wallets import get_wallet
from payments.streams import wallet_entry
from project.kit import clock, idempotency, streams
from project.kit.errors import ValidationFailed
from project.kit.events import publish
from project.kit.money import format_minor, parse_minor

QUOTES_KEPT = timedelta(hours=1)  # longer than any question about a refused offer takes to be asked


@dataclass(frozen=True)
class _Part:
    """What is cashed out of a slip, for how much and how it came about."""

    stake_minor: int
    paid_minor: int
    kind: CashOut.Kind
    quote: CashOutQuote | None


def quote_cash_out(*, slip: BetSlip, command: QuoteCashOutCommand) -> CashOutQuoteReply:
    """An offer for a part of what remains, or all. Takes no locks: the prices are looked at again when it is taken.

    Raises CashOutUnavailable, ValidationFailed.
    """
    now = clock.now()
    view = view_slips([slip], now)[0]
    reason = find_reason(view.facts, now)
    if reason is not None:
        raise _unavailable(reason)
    stake_minor = _parse_part(command.stake, slip)
    offer = offer_minor(view.facts, stake_minor)
    if offer == 0:
        raise _unavailable("too_small")
    quote = CashOutQuote.objects.create(
        slip=slip,
        user_id=slip.user_id,
        stake_minor=stake_minor,
        offer_minor=offer,
        price_versions=view.versions,
        created_at=now,
        expires_at=now + timedelta(seconds=QUOTE_SECONDS),
    )
    return quote_reply(quote, view)


@transaction.atomic(durable=True)
def take_cash_out(*, quote: CashOutQuote, key: str) -> CashOutReply:
    """Pay what was quoted, if it is still worth exactly that. The same key and quote answers as it did before.

    Locks switches, events and markets shared, the slip, then the account. Raises CashOutUnavailable, OfferChanged with
    today's offer, QuoteExpired; a refusal moves nothing.
    """
    slip = _lock(quote.slip_id)
    fingerprint = idempotency.fingerprint("cash_out", CashOutCommand(quote_id=quote.id))
    stored = idempotency.find_reply(owner_id=slip.user_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return CashOutReply.model_validate(stored)

    now = clock.now()
    view = view_slips([slip], now)[0]
    reason = find_reason(view.facts, now)
    if reason is not None:
        raise _unavailable(reason)
    if now >= quote.expires_at or CashOut.objects.filter(quote_id=quote.id).exists():
        raise QuoteExpired
    if quote.stake_minor > slip.remaining_stake_minor:
        raise _unavailable("moved")
    offer = offer_minor(view.facts, quote.stake_minor)
    if offer != quote.offer_minor:
        raise OfferChanged(offer=format_minor(offer, slip.currency))
    is_full = quote.stake_minor == slip.remaining_stake_minor
    kind = CashOut.Kind.FULL if is_full else CashOut.Kind.PARTIAL
    cash_out = _pay(view, _Part(quote.stake_minor, offer, kind, quote))
    reply = CashOutReply(cash_out=taken_reply(cash_out, slip.currency), slip=describe_slips([slip.id])[slip.id])
    idempotency.store_reply(owner_id=slip.user_id, key=key, fingerprint=fingerprint, reply=reply.to_json())
    _tell(slip, cash_out, reply.slip)
    return reply


@transaction.atomic(durable=True)
def set_cash_out_target(*, slip_id: UUID, command: CashOutTargetCommand) -> SlipReply:
    """The offer at which the slip is to be cashed out by itself; null for none. Locks the slip.

    Raises CashOutUnavailable for a slip that can never be, ValidationFailed for a target it can never reach.
    """
    slip = lock_slip(slip_id)
    target_minor = None
    if command.target is not None:
        now = clock.now()
        facts = view_slips([slip], now)[0].facts
        reason = find_reason(facts, now)
        if reason in ("not_accepted", "settled", "nothing_left", "not_offered", "lost"):
            raise _unavailable(reason)
        target_minor = _parse_money(command.target, slip.currency, "/target")
        highest_minor = offer_minor_max(facts)
        if not 0 < target_minor <= highest_minor:
            highest = format_minor(highest_minor, slip.currency)
            raise _invalid("/target", "out_of_range", f"A target lies above 0 and is no more than {highest}")
    slip.cash_out_target_minor = target_minor
    slip.save(update_fields=["cash_out_target_minor"])
    reply = describe_slips([slip.id])[slip.id]
    streams.append(user_entry(slip.user_id, SlipCashOutTargetChange(slip=reply)))
    return reply


@transaction.atomic(durable=True)
def take_cash_out_target(*, slip_id: UUID) -> bool:
    """Cash all that remains out if its offer has reached the target; answers whether it did. Locks as `take_cash_out`.

    The target goes with the cash-out, so of two that run at once one finds none.
    """
    slip = _lock(slip_id)
    now = clock.now()
    if slip.cash_out_target_minor is None:
        return False
    view = view_slips([slip], now)[0]
    if find_reason(view.facts, now) is not None:
        return False
    offer = offer_minor(view.facts, slip.remaining_stake_minor)
    if offer < slip.cash_out_target_minor:
        return False
    cash_out = _pay(view, _Part(slip.remaining_stake_minor, offer, CashOut.Kind.AUTOMATIC, None))
    _tell(slip, cash_out, describe_slips([slip.id])[slip.id])
    return True


def trim_cash_out_quotes() -> int:
    """Delete quotes that nobody took, an hour after they expired; answers how many."""
    old = CashOutQuote.objects.filter(expires_at__lt=clock.now() - QUOTES_KEPT, cash_out__isnull=True)
    deleted, _ = old.delete()
    return deleted


def _lock(slip_id: UUID) -> BetSlip:
    """The slip's row, after the locks that a placement of its legs takes. Legs never change."""
    legs = list_legs([slip_id])[slip_id]
    lock_for_bets(
        sports=[leg.event.sport.slug for leg in legs],
        event_ids=[leg.event_id for leg in legs],
        market_ids=[leg.market_id for leg in legs],
    )
    return lock_slip(slip_id)


def _pay(view: SlipView, part: _Part) -> CashOut:
    """Write one cash-out and move its money and its exposure. The caller holds the slip's row."""
    slip = view.slip
    wallet = get_wallet(slip.user_id, slip.currency)
    lock_accounts([wallet.account_id])
    cash_out = CashOut.objects.create(
        slip=slip,
        user_id=slip.user_id,
        quote=part.quote,
        kind=part.kind,
        stake_minor=part.stake_minor,
        paid_minor=part.paid_minor,
        legs=[_leg_record(leg) for leg in view.legs],
        created_at=clock.now(),
    )
    _move_exposure(view, part.stake_minor)
    slip.remaining_stake_minor -= part.stake_minor
    slip.cashed_out_minor += part.paid_minor
    if slip.remaining_stake_minor == 0:
        slip.status = SlipStatus.CASHED_OUT
    rest = replace(view.facts, remaining_stake_minor=slip.remaining_stake_minor)
    if (slip.cash_out_target_minor or 0) > offer_minor_max(rest):
        slip.cash_out_target_minor = None
    slip.save(update_fields=["remaining_stake_minor", "cashed_out_minor", "status", "cash_out_target_minor"])
    _move_money(view, cash_out, wallet.account_id)
    return cash_out


def _leg_record(leg: BetLeg) -> dict[str, object]:
    """What the server knew of a leg when it paid, for whoever has to judge it later."""
    return {
        "selection_id": str(leg.selection_id),
        "struck_odds_milli": leg.odds_milli,
        "current_odds_milli": leg.selection.odds_milli,
        "version": leg.selection.version,
        "result": leg.selection.result,
        "result_version": leg.selection.result_version,
    }


def _describe(view: SlipView) -> str:
    """What a person's statement says of it, as of a payout."""
    first = view.legs[0]
    if len(view.legs) > 1:
        label = f"{view.slip.bet_type.replace('_', ' ').capitalize()} of {len(view.legs)} legs"
    else:
        label = f"{first.selection.name}, {first.market.name}, {first.event.name}"
    return f"Cashed out: {label}"[:DESCRIPTION_LENGTH_MAX]


def _move_money(view: SlipView, cash_out: CashOut, account_id: UUID) -> None:
    slip = view.slip
    revenue_id = house_account_id(HouseAccount.HOUSE_REVENUE, slip.currency)
    ledger.post(
        [
            TransferDraft(
                kind="stake_cashed_out",
                ref=str(cash_out.id),
                debit_account_id=house_account_id(HouseAccount.OPEN_STAKES, slip.currency),
                credit_account_id=revenue_id,
                amount_minor=cash_out.stake_minor,
                ref_kind="slip",
                ref_id=slip.id,
                description="Stake cashed out",
            ),
            TransferDraft(
                kind="cash_out",
                ref=str(cash_out.id),
                debit_account_id=revenue_id,
                credit_account_id=account_id,
                amount_minor=cash_out.paid_minor,
                ref_kind="slip",
                ref_id=slip.id,
                description=_describe(view),
            ),
        ]
    )
    profit_minor = cash_out.paid_minor - cash_out.stake_minor
    ledger.record_result(account_id=account_id, won_minor=max(profit_minor, 0), lost_minor=max(-profit_minor, 0))


def _move_exposure(view: SlipView, stake_minor: int) -> None:
    """Take this part's share of the slip's exposure back: repeated parts add up to exactly the whole. Where the bet is
    void nothing of it is left there."""
    slip = view.slip
    struck = [StruckLeg(leg.odds_milli, leg.is_banker) for leg in view.legs]
    had, left = (
        shares_of(struck, line_sizes=slip.line_sizes, line_count=slip.line_count, stake_minor=remaining_minor)
        for remaining_minor in (slip.remaining_stake_minor, slip.remaining_stake_minor - stake_minor)
    )
    ExposureDelta.objects.bulk_create(
        ExposureDelta(
            market_id=leg.market_id,
            selection_id=leg.selection_id,
            currency=slip.currency,
            stake_minor=after.stake_minor - before.stake_minor,
            payout_minor=after.payout_minor - before.payout_minor,
        )
        for leg, before, after in zip(view.legs, had, left, strict=True)
        if leg.market_id not in view.void_market_ids
    )


def _tell(slip: BetSlip, cash_out: CashOut, reply: SlipReply) -> None:
    publish(SlipCashedOut(slip_id=slip.id, user_id=slip.user_id, cash_out_id=cash_out.id, kind=cash_out.kind))
    streams.append(
        user_entry(slip.user_id, SlipCashedOutChange(slip=reply)),
        wallet_entry(slip.user_id, slip.currency, transaction_type="cash_out"),
    )


def _parse_part(stake: str | None, slip: BetSlip) -> int:
    if stake is None:
        return slip.remaining_stake_minor
    stake_minor = _parse_money(stake, slip.currency, "/stake")
    if not 0 < stake_minor <= slip.remaining_stake_minor:
        remaining = format_minor(slip.remaining_stake_minor, slip.currency)
        raise _invalid("/stake", "out_of_range", f"A part lies above 0 and at most at {remaining}")
    return stake_minor


def _parse_money(text: str, currency: str, pointer: str) -> int:
    try:
        return parse_minor(text, currency)
    except ValueError as error:
        raise _invalid(pointer, "invalid_amount", str(error)) from error


def _invalid(pointer: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"pointer": pointer, "code": code, "message": message}])


def _unavailable(reason: Unavailable) -> CashOutUnavailable:
    return CashOutUnavailable(reason=reason, retryable=reason in ("stopped", "suspended", "stale", "moved"))
