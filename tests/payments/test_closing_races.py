"""A closing while a transfer is being written: its id is lower than that of one which stands already."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import pytest
from django.db import connection, transaction

from accounts.models import User
from payments.actions import close_books as closing
from payments.actions.close_books import close_books
from payments.models import BookClosing, ClosingBalance, Transfer
from payments.queries.audit import Audit, audit_ledger
from tests.payments.books import issuance, move, wallet_of

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S: Final = 20


@contextmanager
def being_written(wallet: UUID) -> Iterator[threading.Event]:
    """A transfer that somebody is writing. It stands when the event is set, or when the block ends."""
    is_written, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            move(wallet, issuance(), 100, "slow")
            is_written.set()
            may_commit.wait(PATIENCE_S)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert is_written.wait(PATIENCE_S)
    try:
        yield may_commit
    finally:
        may_commit.set()
        writer.join()


def audit() -> Audit:
    with transaction.atomic():
        return audit_ledger(since_closing=True)


def test_books_are_not_closed_over_a_transfer_that_is_being_written(
    ada: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "WAIT_FOR_TRANSFERS", "50ms")
    slow, fast = wallet_of(ada.id), wallet_of(ben.id)
    with being_written(slow):
        move(fast, issuance(), 100, "fast")

        assert close_books() is None
        assert not BookClosing.objects.exists()

    made = close_books()
    assert made is not None
    newest = Transfer.objects.latest("id")
    assert (newest.ref, made.up_to_transfer_id, made.transfers) == ("fast", newest.id, 6)
    assert ClosingBalance.objects.get(account_id=slow).balance_minor == 99_900
    assert (audit().read, audit().faults) == (0, [])


def test_a_closing_waits_for_who_is_nearly_done(ada: User) -> None:
    with being_written(wallet_of(ada.id)) as may_commit:
        threading.Timer(0.1, may_commit.set).start()

        made = close_books()

    assert made is not None
    assert (made.transfers, Transfer.objects.get(ref="slow").id) == (3, made.up_to_transfer_id)


def test_control_without_waiting_a_transfer_is_left_out_for_ever(
    ada: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "wait_for_transfers", lambda: Transfer.objects.latest("id").id)
    slow, fast = wallet_of(ada.id), wallet_of(ben.id)
    with being_written(slow):
        move(fast, issuance(), 100, "fast")
        assert close_books() is not None

    faults = audit().faults
    assert f"account {slow} holds 99900, its transfers make 100000" in faults
    assert len(faults) == 2  # the other side of it is the house's
