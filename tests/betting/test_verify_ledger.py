"""The command that checks the books: quiet when they are right, loud and failing when they are not."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from betting.models import BetSlip
from betting.queries.audit import list_book_faults
from tests.betting.desk import fund, make_live_priced_event, selection_of
from tests.betting.slips import Pick, write_slip
from tests.payments.books import wallet_of

pytestmark = pytest.mark.django_db


def test_right_books_pass(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    wallet_of(ada.id)

    call_command("verify_ledger")

    assert capsys.readouterr().out == "The books are right: 2 transfers.\n"


def test_wrong_books_fail_with_the_reason(ada: User) -> None:
    wallet = wallet_of(ada.id)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE payments_ledgeraccount SET balance_minor = 1 WHERE id = %s", [wallet])
        cursor.execute("SET LOCAL session_replication_role = origin")

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
