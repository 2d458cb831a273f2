"""What members of staff do about a withdrawal. The money itself moves at the bank, by hand: here is what became of it.

Every step is under the withdrawal's row lock, by somebody of the paying roles, and never by whose money it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import User
from payments.actions.withdrawal_steps import (
    KIND,
    REVERSAL_KIND,
    announce,
    check_may_leave,
    check_step,
    give_back,
    pay_out,
    record_step,
)
from payments.core.postings import HouseAccount
from payments.core.withdrawals import HOLDING, PAYING_ROLES
from payments.events import WithdrawalEnded
from payments.locks import lock_withdrawal
from payments.models import Withdrawal, WithdrawalStatus
from payments.queries.accounts import house_account_id
from payments.queries.withdrawals import shape_withdrawal
from project.kit import clock
from project.kit.errors import Forbidden, ValidationFailed
from project.kit.events import publish
from project.kit.words import is_said

REASON_CHARS_MAX: Final = 500
REFERENCE_CHARS_MAX: Final = 140  # what a bank transfer carries


@dataclass(frozen=True)
class Decision:
    """Who decides, and why."""

    actor_id: UUID
    reason: str


@transaction.atomic(durable=True)
def approve_withdrawal(*, withdrawal_id: UUID, decision: Decision) -> Withdrawal:
    """Let it be paid. Raises Forbidden, VersionConflict, and what `check_may_leave` refuses."""
    withdrawal, decision = _begin(withdrawal_id, decision, WithdrawalStatus.APPROVED)
    terms = check_may_leave(withdrawal)
    withdrawal.needs_two = withdrawal.amount_minor > terms.alone_minor_max
    return _decide(withdrawal, decision, WithdrawalStatus.APPROVED)


@transaction.atomic(durable=True)
def reject_withdrawal(*, withdrawal_id: UUID, decision: Decision) -> Withdrawal:
    """Give the funds back; the person reads why. Raises Forbidden and VersionConflict."""
    withdrawal, decision = _begin(withdrawal_id, decision, WithdrawalStatus.REJECTED)
    give_back(withdrawal, withdrawal.wallet.held_account_id, "Withdrawal rejected")
    return _decide(withdrawal, decision, WithdrawalStatus.REJECTED, transaction_type=REVERSAL_KIND)


@transaction.atomic(durable=True)
def begin_payout(*, withdrawal_id: UUID, decision: Decision, reference: str) -> Withdrawal:
    """Say that the transfer was ordered, and what it carries at the bank. Raises as approving does."""
    withdrawal, decision = _begin(withdrawal_id, decision, WithdrawalStatus.PROCESSING)
    check_may_leave(withdrawal)
    withdrawal.payout_reference = _clean(reference, REFERENCE_CHARS_MAX, pointer="/reference")
    withdrawal.processing_at = clock.now()
    return _write(withdrawal, decision, WithdrawalStatus.PROCESSING, ["payout_reference", "processing_at"])


@transaction.atomic(durable=True)
def confirm_payout(*, withdrawal_id: UUID, decision: Decision) -> Withdrawal:
    """Say that the money has left: what was set aside leaves the books. Nothing of it is asked twice.

    Raises VersionConflict, and Forbidden also for whoever approved an amount that takes two.
    """
    withdrawal, decision = _begin(withdrawal_id, decision, WithdrawalStatus.PAID)
    if withdrawal.needs_two and withdrawal.decided_by_id == decision.actor_id:
        raise Forbidden("So large an amount is paid by somebody else than who approved it")
    pay_out(withdrawal, house_account_id(HouseAccount.PAYOUT_CLEARING, withdrawal.wallet.currency))
    withdrawal.paid_at = clock.now()
    withdrawal.paid_by_id = decision.actor_id
    return _write(withdrawal, decision, WithdrawalStatus.PAID, ["paid_at", "paid_by"], transaction_type=KIND)


@transaction.atomic(durable=True)
def fail_payout(*, withdrawal_id: UUID, decision: Decision) -> Withdrawal:
    """Say that nothing was paid after all, or that it came back: the funds are the person's again, who reads why.

    Raises Forbidden and VersionConflict.
    """
    withdrawal, decision = _begin(withdrawal_id, decision, WithdrawalStatus.FAILED)
    if withdrawal.status == WithdrawalStatus.PAID:
        source = house_account_id(HouseAccount.PAYOUT_CLEARING, withdrawal.wallet.currency)
        give_back(withdrawal, source, "Withdrawal came back")
    else:
        give_back(withdrawal, withdrawal.wallet.held_account_id, "Withdrawal failed")
    withdrawal.failed_at = clock.now()
    withdrawal.failure = decision.reason
    return _write(
        withdrawal, decision, WithdrawalStatus.FAILED, ["failed_at", "failure"], transaction_type=REVERSAL_KIND
    )


def _begin(withdrawal_id: UUID, decision: Decision, after: WithdrawalStatus) -> tuple[Withdrawal, Decision]:
    """The locked withdrawal, if this person may bring it there now, and the decision with its reason as it is kept."""
    withdrawal = lock_withdrawal(withdrawal_id)
    is_staff = User.objects.filter(id=decision.actor_id, is_active=True, role__in=PAYING_ROLES).exists()
    if not is_staff:
        raise Forbidden
    if withdrawal.user_id == decision.actor_id:
        raise Forbidden("Somebody else decides about your own withdrawal")
    reason = _clean(decision.reason, REASON_CHARS_MAX, pointer="/reason")
    check_step(withdrawal, after)
    return withdrawal, replace(decision, reason=reason)


def _decide(
    withdrawal: Withdrawal, decision: Decision, after: WithdrawalStatus, *, transaction_type: str = ""
) -> Withdrawal:
    withdrawal.decided_at = clock.now()
    withdrawal.decided_by_id = decision.actor_id
    withdrawal.reason = decision.reason
    changed = ["needs_two", "decided_at", "decided_by", "reason"]
    return _write(withdrawal, decision, after, changed, transaction_type=transaction_type)


def _write(
    withdrawal: Withdrawal,
    decision: Decision,
    after: WithdrawalStatus,
    changed: Sequence[str],
    *,
    transaction_type: str = "",
) -> Withdrawal:
    before = withdrawal.status
    withdrawal.status = after
    withdrawal.save(update_fields=["status", *changed])
    record_step(withdrawal, before=before, actor_id=decision.actor_id, reason=decision.reason)
    if after not in HOLDING:
        publish(WithdrawalEnded.model_validate({"withdrawal_id": withdrawal.id, "status": after.value}))
    announce(withdrawal, shape_withdrawal(withdrawal), transaction_type=transaction_type)
    return withdrawal


def _clean(text: str, chars_max: int, *, pointer: str) -> str:
    """Words somebody else must understand later. Raises ValidationFailed where there are none, or too many."""
    words = text.strip()
    if not is_said(words) or len(words) > chars_max or "\x00" in words:
        message = f"Say it in 1 to {chars_max} characters"
        raise ValidationFailed(message, errors=[{"pointer": pointer, "code": "required", "message": message}])
    return words
