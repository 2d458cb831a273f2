"""Withdrawals against bets, against each other's end and against the desk; each control leaves out what prevents it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import User
from betting.models import BetSlip, Selection
from betting.queries.audit import list_book_faults
from payments.actions import payouts, withdrawals
from payments.actions.withdrawals import cancel_withdrawal
from payments.models import LedgerAccount, Withdrawal, WithdrawalRecord
from project.kit.errors import AppError
from tests.betting.desk import bet, make_live_priced_event, selection_of
from tests.betting.test_cash_out_races import in_thread
from tests.payments.books import drain, wallet_of
from tests.payments.cash import approve, ask_for, checked, purse
from tests.people import make_person
from tests.waiting import is_anybody_waiting, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("practice_funds_can_be_withdrawn")]


@pytest.fixture
def home(db: None) -> Selection:
    return selection_of(make_live_priced_event(), "1x2", "home")


class Pause:
    """Holds whoever has decided and is about to write, until it is let go."""

    def __init__(self, patch: pytest.MonkeyPatch, module: Any, name: str, *, expected: int = 1) -> None:
        self._arrived = threading.Semaphore(0)
        self._expected = expected
        self._go = threading.Event()
        original = getattr(module, name)

        def stop_first(*arguments: Any, **named: Any) -> Any:
            self._arrived.release()
            assert self._go.wait(timeout=20), "nobody let it go"
            return original(*arguments, **named)

        patch.setattr(module, name, stop_first)

    def wait(self) -> None:
        for _ in range(self._expected):
            assert self._arrived.acquire(timeout=20), "nobody decided"

    def let_go(self) -> None:
        self._go.set()


def code_of(answer: object) -> str:
    return answer.code if isinstance(answer, AppError) else "done"


def read_withdrawal(withdrawal_id: UUID) -> Withdrawal:
    """What there would be without the row lock."""
    return Withdrawal.objects.select_related("wallet").get(id=withdrawal_id)


@contextmanager
def any_state_may_follow() -> Iterator[None]:
    """Without the trigger, which refuses the second of two who both decided."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_withdrawal DISABLE TRIGGER payments_withdrawal_steps")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE payments_withdrawal ENABLE TRIGGER payments_withdrawal_steps")


def run_both(pause: Pause, *acts: Callable[[], object], is_second_waiting: bool) -> list[str]:
    """The first is held where it has decided, the second starts; what each answered."""
    with ThreadPoolExecutor(2) as pool:
        first = in_thread(pool, acts[0])
        if is_second_waiting:
            pause.wait()
        second = in_thread(pool, acts[1])
        if is_second_waiting:
            wait_until(is_anybody_waiting)
        else:
            pause.wait()
        pause.let_go()
        return [code_of(first.result()), code_of(second.result())]


def test_the_same_funds_are_not_withdrawn_and_bet(ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    drain(wallet_of(checked(ada).id), leave_minor=1_000)
    pause = Pause(monkeypatch, withdrawals, "hold")

    answers = run_both(pause, lambda: ask_for(ada, "10.00"), lambda: bet(ada, home, "10.00"), is_second_waiting=True)

    assert answers == ["done", "insufficient_funds"]
    assert (purse(ada), BetSlip.objects.count()) == ((0, 1_000, 0), 0)
    assert list_book_faults() == []


def test_control_without_locks_the_same_funds_are_withdrawn_and_bet(
    ada: User, home: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet = wallet_of(checked(ada).id)
    drain(wallet, leave_minor=1_000)

    def read_balances(account_ids: list[UUID]) -> dict[UUID, int]:
        return dict(LedgerAccount.objects.filter(id__in=account_ids).values_list("id", "balance_minor"))

    def hold_naively(withdrawal: Withdrawal) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL touchline.ledger TO 'open'")
            cursor.execute(
                "INSERT INTO payments_transfer (kind, ref, leg, debit_account_id, credit_account_id, amount_minor,"
                " debit_balance_after_minor, credit_balance_after_minor, ref_kind, description)"
                " VALUES ('withdrawal', %s, 0, %s, %s, 1000, 0, 1000, '', '')",
                [withdrawal.id, wallet, withdrawal.wallet.held_account_id],
            )
            cursor.execute(
                "UPDATE payments_ledgeraccount SET balance_minor = CASE WHEN id = %s THEN 0 ELSE 1000 END"
                " WHERE id IN (%s, %s)",
                [wallet, wallet, withdrawal.wallet.held_account_id],
            )

    monkeypatch.setattr(withdrawals, "lock_accounts", read_balances)
    monkeypatch.setattr(withdrawals, "hold", hold_naively)
    pause = Pause(monkeypatch, withdrawals, "hold")

    with ThreadPoolExecutor(1) as pool:
        request = in_thread(pool, lambda: ask_for(ada, "10.00"))
        pause.wait()
        bet(ada, home, "10.00")
        pause.let_go()
        assert code_of(request.result()) == "done"

    assert (purse(ada), BetSlip.objects.count()) == ((0, 1_000, 0), 1)
    assert len(list_book_faults()) >= 1


def test_two_cancels_give_back_once(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = partial(cancel_withdrawal, withdrawal_id=ask_for(checked(ada), "10.00").id)
    pause = Pause(monkeypatch, withdrawals, "give_back")

    assert run_both(pause, cancel, cancel, is_second_waiting=True) == ["done", "done"]

    assert purse(ada) == (100_000, 0, 0)
    assert list(WithdrawalRecord.objects.values_list("change", flat=True)) == ["requested", "cancelled"]
    assert list_book_faults() == []


def test_control_without_the_row_lock_it_is_cancelled_twice(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = partial(cancel_withdrawal, withdrawal_id=ask_for(checked(ada), "10.00").id)
    monkeypatch.setattr(withdrawals, "lock_withdrawal", read_withdrawal)
    pause = Pause(monkeypatch, withdrawals, "give_back", expected=2)

    with any_state_may_follow():
        assert run_both(pause, cancel, cancel, is_second_waiting=False) == ["done", "done"]

    steps = list(WithdrawalRecord.objects.values_list("change", flat=True))
    assert steps == ["requested", "cancelled", "cancelled"]
    assert purse(ada) == (100_000, 0, 0)  # its key lets a transfer happen once all the same


def test_approved_or_cancelled_and_not_both(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    withdrawal, finn = ask_for(checked(ada), "10.00"), make_person("finn", "FINANCE")
    pause = Pause(monkeypatch, withdrawals, "give_back")

    answers = run_both(
        pause,
        lambda: cancel_withdrawal(withdrawal_id=withdrawal.id),
        lambda: approve(withdrawal, finn),
        is_second_waiting=True,
    )

    assert answers == ["done", "version_conflict"]
    assert (Withdrawal.objects.get().status, purse(ada)) == ("cancelled", (100_000, 0, 0))
    assert list_book_faults() == []


def test_control_without_the_row_lock_it_is_approved_with_its_funds_given_back(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawal, finn = ask_for(checked(ada), "10.00"), make_person("finn", "FINANCE")
    monkeypatch.setattr(payouts, "lock_withdrawal", read_withdrawal)
    pause = Pause(monkeypatch, payouts, "check_may_leave")

    with any_state_may_follow(), ThreadPoolExecutor(1) as pool:
        approval = in_thread(pool, lambda: approve(withdrawal, finn))
        pause.wait()
        cancel_withdrawal(withdrawal_id=withdrawal.id)
        pause.let_go()
        assert code_of(approval.result()) == "done"

    assert (Withdrawal.objects.get().status, purse(ada)) == ("approved", (100_000, 0, 0))
    assert list_book_faults() == [
        f"withdrawal {withdrawal.id} is approved over 1000, its transfers are held, released over 1000"
    ]
