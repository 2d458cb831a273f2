"""Short ways to take funds out in tests, always through the real actions; a pytest plugin, for the fixture."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.test import override_settings

from accounts.actions.consents import record_compliance_check
from accounts.models import ComplianceRecord, User
from payments.actions import payouts, withdrawals
from payments.actions.payouts import Decision
from payments.core.postings import HouseAccount
from payments.core.withdrawals import parse_terms
from payments.models import Transfer, Wallet, Withdrawal, WithdrawalRecord
from payments.queries.accounts import get_house_balance_minor
from payments.queries.audit import list_ledger_faults
from payments.schemas import RequestWithdrawalCommand
from project.kit.errors import AppError
from project.kit.models import IdempotentReply, OutboxChange
from tests.payments.books import wallet_of

# Practice funds, as nobody should allow them outside of tests: from 5.00, above 200.00 by two.
TERMS: Final = parse_terms(["PLY:5.00:200.00"])
offered = override_settings(WITHDRAWAL_TERMS=TERMS)
Step = Callable[[Withdrawal, User], object]
_keys = itertools.count(1)


@pytest.fixture
def practice_funds_can_be_withdrawn() -> Iterator[None]:
    with offered:
        yield


def pass_checks(user: User, *, result: str = "passed", checks: tuple[str, ...] = ("identity", "age")) -> None:
    for check in checks:
        record_compliance_check(
            user_id=user.id,
            actor_id=_get_checker().id,
            check_type=ComplianceRecord.CheckType(check),
            result=ComplianceRecord.Result(result),
            details={},
        )


def _get_checker() -> User:
    """The member of the staff who looks at documents: nobody checks themselves."""
    return User.objects.get_or_create(username="checker", email="checker@example.org", role=User.Role.ADMIN)[0]


def checked(user: User) -> User:
    """Somebody with wallets whose identity and age are known."""
    wallet_of(user.id)
    pass_checks(user)
    return user


def ask_for(user: User, amount: str, *, key: str = "", currency: str = "PLY") -> Withdrawal:
    command = RequestWithdrawalCommand(currency=currency, amount=amount)
    reply = withdrawals.request_withdrawal(user_id=user.id, command=command, key=key or f"take-out-{next(_keys)}")
    return Withdrawal.objects.get(id=reply.id)


def by(actor: User, reason: str = "Looked at") -> Decision:
    return Decision(actor.id, reason)


def approve(withdrawal: Withdrawal, actor: User) -> Withdrawal:
    return payouts.approve_withdrawal(withdrawal_id=withdrawal.id, decision=by(actor))


def order(withdrawal: Withdrawal, actor: User) -> Withdrawal:
    return payouts.begin_payout(withdrawal_id=withdrawal.id, decision=by(actor, "Ordered"), reference="TL-1")


def pay(withdrawal: Withdrawal, approver: User, payer: User) -> Withdrawal:
    """All the way to `paid`."""
    approve(withdrawal, approver)
    order(withdrawal, payer)
    return payouts.confirm_payout(withdrawal_id=withdrawal.id, decision=by(payer, "Left"))


def purse(user: User) -> tuple[int, int, int]:
    """What is available, what is held, and what has left the house in all."""
    wallet = Wallet.objects.select_related("available_account", "held_account").get(user=user, currency="PLY")
    left = get_house_balance_minor(HouseAccount.PAYOUT_CLEARING, "PLY")
    return wallet.available_account.balance_minor, wallet.held_account.balance_minor, left


def everything() -> dict[str, Any]:
    """Whatever a withdrawal would move or write."""
    return {
        "withdrawals": list(Withdrawal.objects.order_by("id").values()),
        "records": WithdrawalRecord.objects.count(),
        "transfers": Transfer.objects.count(),
        "changes": OutboxChange.objects.count(),
        "keys": IdempotentReply.objects.count(),
    }


def refused(error: type[AppError], act: Callable[[], object]) -> AppError:
    """The refusal, after which everything is as before."""
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    assert list_ledger_faults() == []
    return caught.value


# The state each leads to, by the person or by a member of staff.
STEPS: dict[str, Step] = {
    "approved": approve,
    "rejected": lambda one, actor: payouts.reject_withdrawal(withdrawal_id=one.id, decision=by(actor)),
    "cancelled": lambda one, actor: withdrawals.cancel_withdrawal(withdrawal_id=one.id),
    "processing": order,
    "paid": lambda one, actor: payouts.confirm_payout(withdrawal_id=one.id, decision=by(actor)),
    "failed": lambda one, actor: payouts.fail_payout(withdrawal_id=one.id, decision=by(actor)),
}
