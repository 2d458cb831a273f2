"""What people take out: their own list, what is on its way, and what an operator allows."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import ComplianceRecord
from payments.core.withdrawals import HOLDING, WithdrawalTerms
from payments.models import Withdrawal, WithdrawalStatus
from payments.schemas import WithdrawalReply, WithdrawalTermsReply
from project.kit.money import format_minor
from project.kit.pagination import DEFAULT_LIMIT, paginate
from project.kit.schemas import Page

CHECKS: Final = (ComplianceRecord.CheckType.IDENTITY, ComplianceRecord.CheckType.AGE)


def find_terms(currency: str) -> WithdrawalTerms | None:
    """What an operator allows for a currency; None where it cannot be withdrawn."""
    terms: dict[str, WithdrawalTerms] = settings.WITHDRAWAL_TERMS
    return terms.get(currency)


def list_terms() -> list[WithdrawalTermsReply]:
    """Every currency that can be withdrawn."""
    return [
        WithdrawalTermsReply(currency=one.currency, min_amount=format_minor(one.minimum_minor, one.currency))
        for one in settings.WITHDRAWAL_TERMS.values()
    ]


def list_missing_checks(user_id: UUID) -> list[str]:
    """The checks whose newest outcome is not that they were passed."""
    newest = (
        ComplianceRecord.objects.filter(user_id=user_id, check_type__in=CHECKS)
        .order_by("check_type", "-date_checked", "-id")
        .distinct("check_type")
    )
    passed = {record.check_type for record in newest if record.result == ComplianceRecord.Result.PASSED}
    return [check.value for check in CHECKS if check not in passed]


def count_open(wallet_id: UUID) -> int:
    """How many withdrawals of a wallet are on their way."""
    return Withdrawal.objects.filter(wallet_id=wallet_id, status__in=HOLDING).count()


def list_open(user_id: UUID) -> list[WithdrawalReply]:
    """What is on its way for a person, newest first."""
    rows = _withdrawals().filter(user_id=user_id, status__in=HOLDING).order_by("-requested_at", "-id")
    return [shape_withdrawal(row) for row in rows]


def list_by_ids(withdrawal_ids: Iterable[UUID]) -> dict[UUID, Withdrawal]:
    """Withdrawals with their wallets, by id."""
    return {row.id: row for row in _withdrawals().filter(id__in=set(withdrawal_ids))}


def list_withdrawals(user_id: UUID, *, cursor: str | None, limit: int = DEFAULT_LIMIT) -> Page[WithdrawalReply]:
    """Everything a person ever asked for, newest first."""
    rows = _withdrawals().filter(user_id=user_id)
    return paginate(rows, cursor=cursor, limit=limit, order=("-requested_at", "-id"), shape=shape_withdrawal)


def shape_withdrawal(withdrawal: Withdrawal) -> WithdrawalReply:
    """A withdrawal as its owner sees it. Of the staff's words only those that concern them are shown."""
    currency = withdrawal.wallet.currency
    explanation = withdrawal.reason if withdrawal.status == WithdrawalStatus.REJECTED else withdrawal.failure
    return WithdrawalReply.model_validate(
        {
            "id": withdrawal.id,
            "currency": currency,
            "amount": format_minor(withdrawal.amount_minor, currency),
            "status": str(withdrawal.status),
            "requested_at": withdrawal.requested_at,
            "decided_at": withdrawal.decided_at,
            "paid_at": withdrawal.paid_at,
            "failed_at": withdrawal.failed_at,
            "payout_reference": withdrawal.payout_reference,
            "explanation": explanation,
        }
    )


def _withdrawals() -> QuerySet[Withdrawal]:
    return Withdrawal.objects.select_related("wallet")
