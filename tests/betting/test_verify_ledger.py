"""The command that checks the books: quiet when they are right, loud and failing when they are not."""

from datetime import datetime
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from betting import tasks
from betting.models import BetSlip
from betting.queries.audit import audit_books, list_book_faults
from payments.models import BookClosing, ClosingBalance, Transfer
from payments.queries.audit import Audit
from project.kit import clock
from tests.betting.desk import fund, make_live_priced_event, selection_of
from tests.betting.slips import Pick, write_slip
from tests.payments.books import wallet_of

pytestmark = pytest.mark.django_db


def test_right_books_pass(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    wallet_of(ada.id)

    call_command("verify_ledger")

    assert capsys.readouterr().out == "The books are right: 2 transfers, 2 of them read.\n"


def test_wrong_books_fail_with_the_reason(ada: User) -> None:
    wallet = wallet_of(ada.id)
    change_behind_the_ledgers_back("UPDATE payments_ledgeraccount SET balance_minor = 1 WHERE id = %s", wallet)

    with pytest.raises(CommandError, match="holds 1, its transfers make 100000"):
        call_command("verify_ledger")


def test_stakes_that_no_slip_has_are_named(ada: User) -> None:
    fund(ada)
    home = selection_of(make_live_priced_event(), "1x2", "home")
    slip = write_slip(ada, [Pick(home, 2_000)])
    assert list_book_faults() == []

    BetSlip.objects.filter(id=slip.id).update(remaining_stake_minor=400)

    assert list_book_faults() == ["open stakes in PLY are 1000, the slips that run have 400"]


def test_the_audit_may_take_longer_than_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("betting.queries.audit._STAKES_DIFFER", "SELECT current_setting('statement_timeout')")

    assert list_book_faults() == ["10min"]


def verify(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("verify_ledger", *options)
    return capsys.readouterr().out


def change_behind_the_ledgers_back(statement: str, account_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, [account_id])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_closed_books_are_not_read_again(ada: User, ben: User, capsys: pytest.CaptureFixture[str]) -> None:
    wallet_of(ada.id)
    assert verify(capsys, "--close") == "The books are right: 2 transfers, 2 of them read.\nThey are closed.\n"
    assert verify(capsys, "--close") == "The books are right: 2 transfers, 0 of them read.\n"

    wallet_of(ben.id)

    assert verify(capsys, "--close") == "The books are right: 4 transfers, 2 of them read.\nThey are closed.\n"
    assert verify(capsys, "--all") == "The books are right: 4 transfers, 4 of them read.\n"
    closings = BookClosing.objects.order_by("id").values_list("up_to_transfer_id", "transfers")
    newest = Transfer.objects.latest("id").id
    assert list(closings) == [(newest - 2, 2), (newest, 4)]
    balances = dict(ClosingBalance.objects.values_list("account_id", "balance_minor"))
    assert balances[wallet_of(ben.id)] == 100_000
    assert sum(balances.values()) == 0


def test_a_balance_that_no_transfer_made_is_found_in_closed_books(ada: User, ben: User) -> None:
    wallet = wallet_of(ada.id)
    call_command("verify_ledger", "--close")
    change_behind_the_ledgers_back("UPDATE payments_ledgeraccount SET balance_minor = 1 WHERE id = %s", wallet)

    with pytest.raises(CommandError, match=f"account {wallet} holds 1, its transfers make 100000"):
        call_command("verify_ledger", "--close")
    assert BookClosing.objects.count() == 1


def test_a_closed_transfer_that_somebody_changed_is_found_by_reading_all(ada: User) -> None:
    wallet = wallet_of(ada.id)
    call_command("verify_ledger", "--close")
    change_behind_the_ledgers_back(
        "UPDATE payments_transfer SET amount_minor = 7 WHERE credit_account_id = %s AND amount_minor = 100000", wallet
    )

    call_command("verify_ledger")
    with pytest.raises(CommandError) as found:
        call_command("verify_ledger", "--all")
    newest = BookClosing.objects.get().up_to_transfer_id
    assert f"account {wallet} was closed with 100000, its transfers up to {newest} make 7" in str(found.value)
    assert f"account {wallet} holds 100000, its transfers make 7" in str(found.value)


def test_a_closing_is_never_changed(ada: User) -> None:
    wallet_of(ada.id)
    call_command("verify_ledger", "--close")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        BookClosing.objects.update(transfers=3)
    assert BookClosing.objects.get().transfers == 2


@pytest.mark.parametrize(("day", "read"), [("2026-11-28", 0), ("2026-11-29", 2)])
def test_every_night_closes_right_books_and_sunday_reads_all(
    ada: User, monkeypatch: pytest.MonkeyPatch, day: str, read: int
) -> None:
    wallet_of(ada.id)
    tasks.verify_ledger()
    assert BookClosing.objects.count() == 1
    audits: list[Audit] = []

    def audit(*, since_closing: bool) -> Audit:
        audits.append(audit_books(since_closing=since_closing))
        return audits[-1]

    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(f"{day}T03:30:00+00:00"))
    monkeypatch.setattr(tasks, "audit_books", audit)

    tasks.verify_ledger()

    assert [(audit.transfers, audit.read, audit.faults) for audit in audits] == [(2, read, [])]


def test_wrong_books_are_not_closed_at_night(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    wallet = wallet_of(ada.id)
    change_behind_the_ledgers_back("UPDATE payments_ledgeraccount SET balance_minor = 1 WHERE id = %s", wallet)

    tasks.verify_ledger()

    assert f"The books are wrong: account {wallet} holds 1, its transfers make 100000" in caplog.text
    assert not BookClosing.objects.exists()
