"""The command that checks the books: quiet when they are right, loud and failing when they are not."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from tests.payments.books import wallet_of

pytestmark = pytest.mark.django_db


def test_right_books_pass(ada: User, capsys: pytest.CaptureFixture[str]) -> None:
    wallet_of(ada.id)

    call_command("check_ledger")

    assert capsys.readouterr().out == "The books are right: 2 transfers.\n"


def test_wrong_books_fail_with_the_reason(ada: User) -> None:
    wallet = wallet_of(ada.id)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE payments_ledgeraccount SET balance_minor = 1 WHERE id = %s", [wallet])
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(CommandError, match="holds 1, its transfers make 100000"):
        call_command("check_ledger")
