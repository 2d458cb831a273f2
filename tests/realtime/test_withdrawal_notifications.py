"""Whoever asked for funds hears what the staff made of it: paid, rejected, not paid, or back from the bank."""

from typing import Any

import pytest

from accounts.models import User
from payments.actions.payouts import fail_payout, reject_withdrawal
from payments.actions.withdrawals import cancel_withdrawal
from payments.models import Withdrawal
from project.kit.models import OutboxChange, RecordedEvent
from project.kit.reactions import drain_reactions
from realtime.models import Notification
from tests.payments.cash import approve, ask_for, by, checked, order, pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_funds_can_be_withdrawn")]


def told(user: User) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(user=user, kind="withdrawal_ended", link="/wallet")
    return list(rows.order_by("timestamp", "id").values_list("title", "message"))


def changes_of(user: User) -> list[dict[str, Any]]:
    rows = OutboxChange.objects.filter(stream=f"user:{user.id}", payload__type="notification.created")
    return [row["notification"] for row in rows.order_by("seq").values_list("payload", flat=True)]


def fail(withdrawal: Withdrawal, actor: User, reason: str) -> None:
    fail_payout(withdrawal_id=withdrawal.id, decision=by(actor, reason))


def test_a_rejection_is_told_with_its_reason(ada: User, finn: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")

    reject_withdrawal(withdrawal_id=withdrawal.id, decision=by(finn, "The account is not in your name"))
    drain_reactions()
    drain_reactions()

    assert told(ada) == [("Withdrawal rejected: 150.00 PLY are back", "The account is not in your name")]
    (sent,) = changes_of(ada)
    assert sent["data"] == {
        "withdrawal_id": str(withdrawal.id),
        "status": "rejected",
        "amount": "150.00",
        "currency": "PLY",
    }


def test_what_is_paid_is_told_once_it_is_paid_without_the_staffs_words(ada: User, finn: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    approve(withdrawal, finn)
    order(withdrawal, finn)
    drain_reactions()
    assert told(ada) == []

    pay(ask_for(ada, "20.00"), finn, finn)
    drain_reactions()

    assert told(ada) == [("Withdrawal paid: 20.00 PLY", "Reference TL-1")]
    assert Notification.objects.exclude(user=ada).count() == 0


def test_what_fails_is_told_as_not_paid(ada: User, finn: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    approve(withdrawal, finn)

    fail(withdrawal, finn, "The bank knows no such account")
    drain_reactions()

    assert told(ada) == [("Withdrawal not paid: 150.00 PLY are back", "The bank knows no such account")]


def test_what_comes_back_is_told_beside_that_it_was_paid(ada: User, finn: User) -> None:
    withdrawal = pay(ask_for(checked(ada), "150.00"), finn, finn)
    fail(withdrawal, finn, "The account is closed")

    drain_reactions()  # it lagged: both are heard of at once

    assert sorted(told(ada)) == [
        ("Withdrawal came back: 150.00 PLY", "The account is closed"),
        ("Withdrawal paid: 150.00 PLY", "Reference TL-1"),
    ]


def test_who_cancels_knows(ada: User) -> None:
    cancel_withdrawal(withdrawal_id=ask_for(checked(ada), "150.00").id)
    drain_reactions()

    assert told(ada) == []
    assert RecordedEvent.objects.filter(type="payments.withdrawal_ended").count() == 0


def test_a_long_reason_is_cut(ada: User, finn: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")

    reject_withdrawal(withdrawal_id=withdrawal.id, decision=by(finn, "x" * 500))
    drain_reactions()

    ((_, message),) = told(ada)
    assert message == "x" * 399 + "…"
