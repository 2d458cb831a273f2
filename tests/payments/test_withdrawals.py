"""Taking funds out: what is set aside, given back, paid and returned, exactly."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from accounts.actions.exclusions import exclude_self
from accounts.models import User
from payments.actions import payouts
from payments.actions.withdrawals import cancel_withdrawal
from payments.core.withdrawals import NEXT
from payments.models import Transfer, Withdrawal, WithdrawalRecord
from payments.queries.audit import list_ledger_faults
from project.kit.errors import (
    IdempotencyKeyReused,
    VersionConflict,
)
from tests.payments.books import issuance, move, wallet_of
from tests.payments.cash import (
    STEPS,
    Step,
    approve,
    ask_for,
    by,
    checked,
    order,
    pass_checks,
    pay,
    purse,
    refused,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_funds_can_be_withdrawn")]


def transfers_of(withdrawal: Withdrawal) -> list[tuple[str, int, int, str]]:
    rows = Transfer.objects.filter(ref=str(withdrawal.id)).order_by("id")
    return [(row.kind, row.leg, row.amount_minor, row.description) for row in rows]


def test_a_request_sets_the_funds_aside(ada: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")

    assert (withdrawal.status, withdrawal.amount_minor) == ("requested", 15_000)
    assert purse(ada) == (85_000, 15_000, 0)
    assert transfers_of(withdrawal) == [("withdrawal", 0, 15_000, "Set aside to be paid out")]
    [record] = WithdrawalRecord.objects.all()
    assert (record.actor_id, record.before, record.after) == (
        ada.id,
        {},
        {"status": "requested", "amount_minor": 15_000},
    )
    assert list_ledger_faults() == []


def test_the_same_key_asks_once_and_another_body_is_refused(ada: User) -> None:
    first = ask_for(checked(ada), "150.00", key="one")

    assert ask_for(ada, "150.00", key="one") == first
    refused(IdempotencyKeyReused, lambda: ask_for(ada, "151.00", key="one"))
    assert purse(ada) == (85_000, 15_000, 0)


def test_a_replay_is_answered_also_when_it_would_be_refused_now(ada: User) -> None:
    first = ask_for(checked(ada), "150.00", key="one")
    pass_checks(ada, result="failed")

    with override_settings(WITHDRAWAL_TERMS={}):
        assert ask_for(ada, "150.00", key="one") == first
    assert purse(ada) == (85_000, 15_000, 0)


def test_the_whole_way_to_paid(ada: User, finn: User, amy: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")

    approve(withdrawal, finn)
    assert purse(ada) == (85_000, 15_000, 0)
    order(withdrawal, finn)
    assert purse(ada) == (85_000, 15_000, 0)
    paid = payouts.confirm_payout(withdrawal_id=withdrawal.id, decision=by(finn, "Left today"))

    assert purse(ada) == (85_000, 0, 15_000)
    assert (paid.status, paid.payout_reference, paid.decided_by_id, paid.paid_by_id, paid.needs_two) == (
        "paid",
        "TL-1",
        finn.id,
        finn.id,
        False,
    )
    assert transfers_of(withdrawal) == [
        ("withdrawal", 0, 15_000, "Set aside to be paid out"),
        ("withdrawal", 1, 15_000, "Withdrawal paid"),
    ]
    records = list(WithdrawalRecord.objects.values_list("change", "actor_id", "reason", "before__status"))
    assert records == [
        ("requested", ada.id, "", None),
        ("approved", finn.id, "Looked at", "requested"),
        ("processing", finn.id, "Ordered", "approved"),
        ("paid", finn.id, "Left today", "processing"),
    ]
    assert list_ledger_faults() == []


def test_who_stays_away_from_betting_can_still_take_funds_out(ada: User, finn: User) -> None:
    checked(ada)
    exclude_self(user_id=ada.id, length="6_months")

    pay(ask_for(ada, "150.00"), finn, finn)

    assert purse(ada) == (85_000, 0, 15_000)


def test_what_came_back_is_the_persons_again(ada: User, finn: User) -> None:
    withdrawal = pay(ask_for(checked(ada), "150.00"), finn, finn)

    failed = payouts.fail_payout(withdrawal_id=withdrawal.id, decision=by(finn, "Account closed"))

    assert purse(ada) == (100_000, 0, 0)
    assert (failed.status, failed.failure) == ("failed", "Account closed")
    assert transfers_of(withdrawal)[2:] == [("withdrawal_reversal", 0, 15_000, "Withdrawal came back")]
    assert list_ledger_faults() == []


@pytest.mark.parametrize("steps", [(approve,), (approve, order)], ids=["approved", "ordered"])
def test_what_was_never_paid_is_released(ada: User, finn: User, steps: tuple[Step, ...]) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    for step in steps:
        step(withdrawal, finn)

    payouts.fail_payout(withdrawal_id=withdrawal.id, decision=by(finn, "The bank refused"))

    assert purse(ada) == (100_000, 0, 0)
    assert transfers_of(withdrawal)[1:] == [("withdrawal_reversal", 0, 15_000, "Withdrawal failed")]
    assert list_ledger_faults() == []


def test_rejected_and_cancelled_give_the_funds_back(ada: User, finn: User) -> None:
    checked(ada)
    first, second = ask_for(ada, "100.00"), ask_for(ada, "50.00")
    assert purse(ada) == (85_000, 15_000, 0)

    rejected = payouts.reject_withdrawal(withdrawal_id=first.id, decision=by(finn, "Another account"))
    assert purse(ada) == (95_000, 5_000, 0)
    once, twice = cancel_withdrawal(withdrawal_id=second.id), cancel_withdrawal(withdrawal_id=second.id)

    assert purse(ada) == (100_000, 0, 0)
    assert once == twice
    assert (rejected.status, rejected.reason, once.status) == ("rejected", "Another account", "cancelled")
    assert transfers_of(first)[1:] == [("withdrawal_reversal", 0, 10_000, "Withdrawal rejected")]
    assert transfers_of(second)[1:] == [("withdrawal_reversal", 0, 5_000, "Withdrawal cancelled")]
    assert list_ledger_faults() == []


WAYS = {
    "requested": (),
    "approved": ("approved",),
    "processing": ("approved", "processing"),
    "paid": ("approved", "processing", "paid"),
    "rejected": ("rejected",),
    "cancelled": ("cancelled",),
    "failed": ("approved", "failed"),
}


@pytest.mark.parametrize("state", WAYS)
def test_each_state_leads_only_where_it_may(ada: User, finn: User, state: str) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    for step in WAYS[state]:
        STEPS[step](withdrawal, finn)

    for after, step_there in STEPS.items():
        if after in NEXT[state] or (state, after) == ("cancelled", "cancelled"):
            continue
        refused(VersionConflict, partial(step_there, withdrawal, finn))
        with pytest.raises(IntegrityError, match="does not become"), transaction.atomic():
            Withdrawal.objects.filter(id=withdrawal.id).update(status=after)
    assert Withdrawal.objects.get().status == state


def test_the_database_keeps_what_was_asked_for(ada: User, ben: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    rows = Withdrawal.objects.filter(id=withdrawal.id)

    for change in ({"amount_minor": 1}, {"user": ben}, {"status": "paid"}, {"status": "approved"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows._raw_delete("default")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        WithdrawalRecord.objects.update(reason="another")
    with pytest.raises(IntegrityError, match="owner of its wallet"), transaction.atomic():
        Withdrawal.objects.create(
            wallet=withdrawal.wallet, user=ben, amount_minor=1, requested_at=withdrawal.requested_at
        )


def test_the_audit_sees_a_withdrawal_whose_transfers_tell_another_story(ada: User, finn: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    assert list_ledger_faults() == []

    Withdrawal.objects.filter(id=withdrawal.id).update(
        status="rejected", decided_by=finn, decided_at=withdrawal.requested_at
    )
    assert list_ledger_faults() == [
        f"withdrawal {withdrawal.id} is rejected over 15000, its transfers are held over 15000"
    ]


def test_the_audit_sees_a_payment_without_a_withdrawal(ada: User) -> None:
    move(wallet_of(ada.id), issuance(), 500, "nothing", kind="withdrawal")

    assert list_ledger_faults() == ["withdrawal nothing is not there over , its transfers are misled over 500"]
