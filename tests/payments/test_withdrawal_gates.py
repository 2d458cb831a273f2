"""Who may take funds out, how much, and who decides about it; every refusal moves nothing."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from accounts.models import User
from payments.actions import payouts
from payments.actions.ledger import post
from payments.actions.withdrawals import OPEN_MAX, cancel_withdrawal
from payments.core.postings import OverdraftReason
from payments.core.withdrawals import parse_terms
from payments.errors import (
    ComplianceRequired,
    WalletFrozen,
    WithdrawalBelowMin,
    WithdrawalNotOffered,
    WithdrawalsLimit,
)
from payments.models import Withdrawal
from payments.queries.audit import list_ledger_faults
from project.kit.errors import (
    AppError,
    Forbidden,
    InsufficientFunds,
    ValidationFailed,
)
from tests.payments.books import draft_between, issuance, wallet_of
from tests.payments.cash import (
    STEPS,
    approve,
    ask_for,
    by,
    checked,
    order,
    pass_checks,
    purse,
    refused,
)
from tests.people import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_funds_can_be_withdrawn")]
Step = Callable[[Withdrawal, User], object]


def test_without_an_operators_word_nothing_can_be_withdrawn(ada: User) -> None:
    checked(ada)

    with override_settings(WITHDRAWAL_TERMS={}):
        refusal = refused(WithdrawalNotOffered, lambda: ask_for(ada, "150.00"))
        assert (refusal.status, refusal.code, refusal.extra) == (422, "withdrawal_not_offered", {"currencies": []})
    refusal = refused(WithdrawalNotOffered, lambda: ask_for(ada, "5.00", currency="CRD"))
    assert refusal.extra == {"currencies": ["PLY"]}
    refused(WithdrawalNotOffered, lambda: ask_for(ada, "5.00", currency="XXX"))
    assert purse(ada) == (100_000, 0, 0)


@pytest.mark.parametrize(
    ("identity", "age", "missing"),
    [
        ((), (), ["identity", "age"]),
        (("passed",), (), ["age"]),
        (("passed",), ("pending",), ["age"]),
        (("passed", "failed"), ("passed",), ["identity"]),
        (("failed", "passed"), ("passed", "failed"), ["age"]),
    ],
)
def test_the_newest_checks_must_have_been_passed(
    ada: User, identity: tuple[str, ...], age: tuple[str, ...], missing: list[str]
) -> None:
    wallet_of(ada.id)
    for result in identity:
        pass_checks(ada, result=result, checks=("identity",))
    for result in age:
        pass_checks(ada, result=result, checks=("age",))

    refusal = refused(ComplianceRequired, lambda: ask_for(ada, "150.00"))

    assert (refusal.status, refusal.code, refusal.extra) == (403, "compliance_required", {"checks": missing})


def test_a_check_that_fails_later_stops_approval_and_payment(ada: User, finn: User) -> None:
    checked(ada)
    first, second = ask_for(ada, "100.00"), ask_for(ada, "50.00")
    approve(first, finn)
    pass_checks(ada, result="failed", checks=("identity",))

    refused(ComplianceRequired, lambda: order(first, finn))
    refused(ComplianceRequired, lambda: approve(second, finn))
    payouts.fail_payout(withdrawal_id=first.id, decision=by(finn, "Not who they said"))
    payouts.reject_withdrawal(withdrawal_id=second.id, decision=by(finn, "Not who they said"))

    assert purse(ada) == (100_000, 0, 0)


@pytest.mark.parametrize(
    ("amount", "error", "extra"),
    [
        ("4.99", WithdrawalBelowMin, {"min_amount": "5.00", "currency": "PLY"}),
        ("0", WithdrawalBelowMin, {"min_amount": "5.00", "currency": "PLY"}),
        ("1000.01", InsufficientFunds, {"available": "1000.00", "currency": "PLY"}),
    ],
)
def test_amounts_that_cannot_be_taken(ada: User, amount: str, error: type[AppError], extra: dict[str, str]) -> None:
    checked(ada)

    assert refused(error, lambda: ask_for(ada, amount)).extra == extra
    assert purse(ada) == (100_000, 0, 0)


def test_the_last_penny_can_be_taken(ada: User) -> None:
    ask_for(checked(ada), "1000.00")

    assert purse(ada) == (0, 100_000, 0)


def test_of_a_currency_without_a_wallet_there_is_nothing(ada: User) -> None:
    checked(ada)

    with override_settings(WITHDRAWAL_TERMS=parse_terms(["EUR:1.00:1.00"])):
        refusal = refused(InsufficientFunds, lambda: ask_for(ada, "5.00", currency="EUR"))
    assert refusal.extra == {"available": "0.00", "currency": "EUR"}


def test_nothing_leaves_a_wallet_below_zero(ada: User, finn: User) -> None:
    wallet = wallet_of(checked(ada).id)
    withdrawal = ask_for(ada, "150.00")
    post([draft_between(wallet, issuance(), 90_000, "correction", overdrawn_by=OverdraftReason.SETTLEMENT)])
    assert purse(ada) == (-5_000, 15_000, 0)

    assert refused(WalletFrozen, lambda: ask_for(ada, "5.00")).code == "wallet_frozen"
    refused(WalletFrozen, lambda: approve(withdrawal, finn))
    payouts.reject_withdrawal(withdrawal_id=withdrawal.id, decision=by(finn, "Needed for a correction"))

    assert purse(ada) == (10_000, 0, 0)
    assert list_ledger_faults() == []


def test_only_so_many_are_open_at_once(ada: User) -> None:
    checked(ada)
    first, *_ = [ask_for(ada, "5.00") for _ in range(OPEN_MAX)]

    assert refused(WithdrawalsLimit, lambda: ask_for(ada, "5.00")).extra == {"limit": OPEN_MAX}
    cancel_withdrawal(withdrawal_id=first.id)
    ask_for(ada, "5.00")


@pytest.mark.parametrize("role", ["END_USER", "MODERATOR", "ML_ENGINEER"])
def test_only_the_paying_roles_decide(ada: User, role: str) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    somebody = make_person("somebody", role)

    for name in ("approved", "rejected"):
        refused(Forbidden, partial(STEPS[name], withdrawal, somebody))


def test_nobody_decides_about_their_own(finn: User) -> None:
    withdrawal = ask_for(checked(finn), "150.00")

    for name in ("approved", "rejected"):
        refused(Forbidden, partial(STEPS[name], withdrawal, finn))
    for status in ("approved", "rejected"):
        with pytest.raises(IntegrityError, match="not_ones_own"), transaction.atomic():
            Withdrawal.objects.filter(id=withdrawal.id).update(
                status=status, decided_by=finn, decided_at=withdrawal.requested_at
            )


def test_a_large_amount_is_paid_by_another_than_who_approved(ada: User, finn: User, amy: User) -> None:
    checked(ada)
    large, small = ask_for(ada, "200.01"), ask_for(ada, "200.00")
    for withdrawal in (large, small):
        order(approve(withdrawal, finn), finn)

    refused(Forbidden, lambda: STEPS["paid"](large, finn))
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Withdrawal.objects.filter(id=large.id).update(status="paid", paid_by=finn, paid_at=large.requested_at)
    STEPS["paid"](small, finn)
    STEPS["paid"](large, amy)

    assert purse(ada) == (59_999, 0, 40_001)
    assert Withdrawal.objects.get(id=large.id).needs_two


@pytest.mark.parametrize("words", ["", "  ", "\u200b", "x" * 501])
def test_a_decision_says_why(ada: User, finn: User, words: str) -> None:
    withdrawal = ask_for(checked(ada), "150.00")

    for decide in (payouts.approve_withdrawal, payouts.reject_withdrawal):
        refused(ValidationFailed, partial(decide, withdrawal_id=withdrawal.id, decision=by(finn, words)))


@pytest.mark.parametrize(
    "entry", ["PLY", "PLY:1.00", "XXX:1.00:1.00", "PLY:0:1.00", "PLY:1.001:5", "PLY:-1:5", "ply:1:5", "PLY:1:5:6"]
)
def test_terms_that_cannot_be_are_named(entry: str) -> None:
    with pytest.raises(ValueError, match=r"PLY|ply|XXX|decimals|amount"):
        parse_terms([entry])


def test_terms_are_read_exactly() -> None:
    assert parse_terms([]) == {}
    terms = parse_terms(["GBP:10.00:500.50", "JPY:1000:20000"])
    assert [(one.currency, one.minimum_minor, one.alone_minor_max) for one in terms.values()] == [
        ("GBP", 1_000, 50_050),
        ("JPY", 1_000, 20_000),
    ]
    with pytest.raises(ValueError, match="twice"):
        parse_terms(["GBP:1:1", "GBP:2:2"])
