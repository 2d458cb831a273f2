"""What a person does about taking funds out: asking for it, and thinking better of it."""

from typing import Final
from uuid import UUID

from django.db import transaction

from payments.actions.withdrawal_steps import (
    KIND,
    REVERSAL_KIND,
    announce,
    check_compliance,
    check_not_frozen,
    check_offered,
    check_step,
    give_back,
    hold,
    record_step,
)
from payments.errors import WithdrawalBelowMin, WithdrawalsLimit
from payments.locks import lock_accounts, lock_withdrawal
from payments.models import Wallet, Withdrawal, WithdrawalStatus
from payments.queries.withdrawals import count_open, shape_withdrawal
from payments.schemas import RequestWithdrawalCommand, WithdrawalReply
from project.kit import clock, idempotency
from project.kit.errors import InsufficientFunds, ValidationFailed
from project.kit.money import format_minor, parse_minor

OPEN_MAX: Final = 10  # of one wallet: each is looked at by hand


@transaction.atomic(durable=True)
def request_withdrawal(*, user_id: UUID, command: RequestWithdrawalCommand, key: str) -> WithdrawalReply:
    """Set funds aside until they are paid out, or raise the first refusal; a refusal moves nothing.

    Locks the wallet's accounts. The same key and command answers as before.
    """
    wallet = Wallet.objects.filter(user_id=user_id, currency=command.currency).first()
    if wallet is None:
        check_offered(command.currency)
        raise InsufficientFunds(available=format_minor(0, command.currency), currency=command.currency)
    balances = lock_accounts([wallet.available_account_id, wallet.held_account_id])
    fingerprint = idempotency.fingerprint("request_withdrawal", command)
    stored = idempotency.find_reply(owner_id=user_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return WithdrawalReply.model_validate(stored)

    amount_minor = _check_request(wallet, command, balances[wallet.available_account_id])
    withdrawal = Withdrawal.objects.create(
        wallet=wallet, user_id=user_id, amount_minor=amount_minor, requested_at=clock.now()
    )
    hold(withdrawal)
    record_step(withdrawal, before="", actor_id=user_id, reason="")
    reply = shape_withdrawal(withdrawal)
    idempotency.store_reply(owner_id=user_id, key=key, fingerprint=fingerprint, reply=reply.to_json())
    announce(withdrawal, reply, transaction_type=KIND)
    return reply


@transaction.atomic(durable=True)
def cancel_withdrawal(*, withdrawal_id: UUID) -> WithdrawalReply:
    """Give the funds back to the person who asked, while nobody has decided; answers the same when asked again.

    Locks the withdrawal, then the wallet's accounts. Raises NotFound and VersionConflict.
    """
    withdrawal = lock_withdrawal(withdrawal_id)
    if withdrawal.status == WithdrawalStatus.CANCELLED:
        return shape_withdrawal(withdrawal)
    check_step(withdrawal, WithdrawalStatus.CANCELLED)
    before = withdrawal.status
    give_back(withdrawal, withdrawal.wallet.held_account_id, "Withdrawal cancelled")
    withdrawal.status = WithdrawalStatus.CANCELLED
    withdrawal.decided_at = clock.now()
    withdrawal.decided_by_id = withdrawal.user_id
    withdrawal.save(update_fields=["status", "decided_at", "decided_by"])
    record_step(withdrawal, before=before, actor_id=withdrawal.user_id, reason="")
    reply = shape_withdrawal(withdrawal)
    announce(withdrawal, reply, transaction_type=REVERSAL_KIND)
    return reply


def _check_request(wallet: Wallet, command: RequestWithdrawalCommand, available_minor: int) -> int:
    """The amount in minor units, if it may be taken out. Called with the wallet's accounts locked."""
    currency = wallet.currency
    terms = check_offered(currency)
    try:
        amount_minor = parse_minor(command.amount, currency)
    except ValueError as error:
        error_entry = {"pointer": "/amount", "code": "invalid_amount", "message": str(error)}
        raise ValidationFailed(str(error), errors=[error_entry]) from error
    check_compliance(wallet.user_id)
    check_not_frozen(available_minor)
    if amount_minor < terms.minimum_minor:
        raise WithdrawalBelowMin(min_amount=format_minor(terms.minimum_minor, currency), currency=currency)
    if count_open(wallet.id) >= OPEN_MAX:
        raise WithdrawalsLimit(limit=OPEN_MAX)
    if amount_minor > available_minor:
        raise InsufficientFunds(available=format_minor(available_minor, currency), currency=currency)
    return amount_minor
