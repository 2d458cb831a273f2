"""What the database itself refuses, whoever asks: changed history, money from nowhere, unexplained debts."""

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import User
from payments.models import HouseMovement, LedgerAccount, Transfer, Wallet
from payments.queries.audit import list_ledger_faults
from tests.payments.books import balance_of, move, stakes, wallet_of

pytestmark = pytest.mark.django_db


def refused(sql: str, *parameters: UUID) -> str:
    """Run a statement that must be refused; what the database said."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        # TRUNCATE refuses tables with unchecked keys before any trigger is asked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql, parameters)
    return str(refusal.value)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payments_transfer SET amount_minor = 1",
        "UPDATE payments_transfer SET description = 'kinder'",
        "DELETE FROM payments_transfer",
        "TRUNCATE payments_transfer",
        "SET LOCAL touchline.ledger TO 'open'; DELETE FROM payments_transfer",
    ],
)
def test_transfers_are_never_changed(ada: User, sql: str) -> None:
    move(wallet_of(ada.id), stakes(), 500, "slip-1")

    assert "append-only" in refused(sql)

    assert Transfer.objects.get(ref="slip-1").amount_minor == 500


def test_transfers_are_inserted_only_by_the_ledger(ada: User) -> None:
    wallet = wallet_of(ada.id)

    said = refused(
        "INSERT INTO payments_transfer (kind, ref, leg, debit_account_id, credit_account_id, amount_minor, ref_kind,"
        " description) VALUES ('grant', 'self-made', 0, %s, %s, 100, '', '')",
        stakes(),
        wallet,
    )

    assert "outside the ledger functions" in said
    assert not Transfer.objects.filter(ref="self-made").exists()


def test_balances_are_changed_only_by_the_ledger(ada: User) -> None:
    wallet = wallet_of(ada.id)

    assert "outside the ledger functions" in refused("UPDATE payments_ledgeraccount SET balance_minor = 10000000")
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerAccount.objects.filter(id=wallet).update(overdrawn_by="settlement")

    assert balance_of(wallet) == 100_000


def test_accounts_open_empty_and_stay(ada: User) -> None:
    wallet_of(ada.id)

    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerAccount.objects.create(owner=ada, kind="wallet", currency="EUR", balance_minor=100)
    assert "append-only" in refused("DELETE FROM payments_ledgeraccount WHERE currency = 'EUR'")
    assert "append-only" in refused("TRUNCATE payments_ledgeraccount CASCADE")

    assert LedgerAccount.objects.filter(owner=ada).count() == 4


def test_house_movements_are_written_only_by_the_ledger(ada: User) -> None:
    move(wallet_of(ada.id), stakes(), 500, "slip-1")
    before = HouseMovement.objects.count()

    for sql in (
        "INSERT INTO payments_housemovement (account_id, amount_minor) VALUES (gen_random_uuid(), 1)",
        "DELETE FROM payments_housemovement",
        "UPDATE payments_housemovement SET amount_minor = 1",
    ):
        assert "outside the ledger functions" in refused(sql)
    assert "append-only" in refused("TRUNCATE payments_housemovement")

    assert HouseMovement.objects.count() == before
    assert list_ledger_faults() == []


def test_a_negative_balance_without_a_reason_cannot_be_stored(ada: User) -> None:
    wallet = wallet_of(ada.id)

    said = refused(
        "SET LOCAL touchline.ledger TO 'open'; UPDATE payments_ledgeraccount SET balance_minor = -1 WHERE id = %s",
        wallet,
    )

    assert "payments_account_not_overdrawn" in said
    assert balance_of(wallet) == 100_000


def test_a_person_has_one_account_per_kind_and_currency(ada: User) -> None:
    wallet_of(ada.id)

    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerAccount.objects.create(owner=ada, kind="wallet", currency="PLY")
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerAccount.objects.create(owner=None, kind="wallet", currency="PLY")
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerAccount.objects.create(owner=ada, kind="issuance", currency="PLY")

    assert Wallet.objects.filter(user=ada).count() == 2


def test_a_person_with_money_cannot_be_deleted(ada: User) -> None:
    wallet_of(ada.id)

    with pytest.raises(ProtectedError):
        ada.delete()


def test_the_audit_finds_a_tampered_balance(ada: User) -> None:
    wallet = wallet_of(ada.id)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE payments_ledgeraccount SET balance_minor = balance_minor + 7 WHERE id = %s", [wallet])
        cursor.execute("SET LOCAL session_replication_role = origin")

    faults = list_ledger_faults()

    assert faults == [
        f"account {wallet} holds 100007, its transfers make 100000",
        "all PLY accounts together hold 7",
    ]
