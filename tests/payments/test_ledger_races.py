"""Money under simultaneous spenders; the control shows what happens without the lock."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from payments.actions.ledger import fold_house_accounts, post
from payments.core.postings import HouseAccount
from payments.locks import lock_accounts
from payments.models import Transfer
from payments.queries.accounts import get_house_balance_minor
from payments.queries.audit import list_ledger_faults
from project.kit.errors import InsufficientFunds
from tests.payments.books import balance_of, draft_between, drain, move, stakes, wallet_of

pytestmark = pytest.mark.django_db(transaction=True)

SPENDERS = 20
STAKE = 1_000


def at_once(action: Callable[[int], str], times: int = SPENDERS) -> list[str]:
    """Run `action` in as many threads as times, released together; what each answered."""
    start = threading.Barrier(times)

    def run(number: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return action(number)
        except InsufficientFunds:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def spend_naively(wallet: UUID, house: UUID, number: int, everybody_has_read: threading.Barrier) -> str:
    """Read, check, write: how a ledger without a lock would do it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL touchline.ledger TO 'open'")
        cursor.execute("SELECT balance_minor FROM payments_ledgeraccount WHERE id = %s", [wallet])
        balance = cursor.fetchone()[0]
        everybody_has_read.wait(timeout=30)
        if balance < STAKE:
            return "refused"
        cursor.execute(
            "INSERT INTO payments_transfer (kind, ref, leg, debit_account_id, credit_account_id, amount_minor,"
            " debit_balance_after_minor, ref_kind, description) VALUES ('stake', %s, 0, %s, %s, %s, %s, '', '')",
            [f"naive-{number}", wallet, house, STAKE, balance - STAKE],
        )
        cursor.execute("UPDATE payments_ledgeraccount SET balance_minor = %s WHERE id = %s", [balance - STAKE, wallet])
    return "stands"


def test_twenty_debits_at_once_on_funds_for_one_leave_exactly_one(ada: User) -> None:
    wallet, house = wallet_of(ada.id), stakes()
    drain(wallet, leave_minor=STAKE)

    def spend(number: int) -> str:
        move(wallet, house, STAKE, f"slip-{number}", kind="stake")
        return "stands"

    answers = at_once(spend)

    assert sorted(answers) == ["refused"] * 19 + ["stands"]
    assert balance_of(wallet) == 0
    assert Transfer.objects.filter(kind="stake").count() == 1
    assert get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY") == STAKE
    assert list_ledger_faults() == []


def test_control_without_the_lock_all_twenty_stand(ada: User) -> None:
    wallet, house = wallet_of(ada.id), stakes()
    drain(wallet, leave_minor=STAKE)
    everybody_has_read = threading.Barrier(SPENDERS)

    answers = at_once(lambda number: spend_naively(wallet, house, number, everybody_has_read))

    assert answers == ["stands"] * SPENDERS
    assert Transfer.objects.filter(kind="stake").count() == SPENDERS
    assert list_ledger_faults() != []


def test_a_lock_taken_first_makes_the_decision_safe(ada: User) -> None:
    wallet, house = wallet_of(ada.id), stakes()
    drain(wallet, leave_minor=3 * STAKE)

    def spend(number: int) -> str:
        with transaction.atomic():
            if lock_accounts([wallet])[wallet] < STAKE:
                return "refused"
            move(wallet, house, STAKE, f"slip-{number}", kind="stake")
        return "stands"

    answers = at_once(spend)

    assert sorted(answers) == ["refused"] * 17 + ["stands"] * 3
    assert balance_of(wallet) == 0


def test_the_same_transfer_sent_twenty_times_at_once_is_posted_once(ada: User) -> None:
    wallet, house = wallet_of(ada.id), stakes()

    def send(number: int) -> str:
        posted = move(wallet, house, STAKE, "one-slip", kind="stake")
        return "duplicate" if posted.is_duplicate else "stands"

    answers = at_once(send)

    assert sorted(answers) == ["duplicate"] * 19 + ["stands"]
    assert balance_of(wallet) == 100_000 - STAKE


def test_the_same_house_transfer_at_once_is_posted_once(ada: User) -> None:
    wallet_of(ada.id)
    from payments.queries.accounts import house_account_id

    debit, credit = stakes(), house_account_id(HouseAccount.HOUSE_REVENUE, "PLY")

    def send(number: int) -> str:
        try:
            posted = move(debit, credit, STAKE, "lost-stakes")
        except DatabaseError:
            return "conflict"  # house accounts are not locked: the unique key refuses, a replay finds the duplicate
        return "duplicate" if posted.is_duplicate else "stands"

    answers = at_once(send)

    assert answers.count("stands") == 1
    assert get_house_balance_minor(HouseAccount.HOUSE_REVENUE, "PLY") == STAKE
    assert move(debit, credit, STAKE, "lost-stakes").is_duplicate
    assert list_ledger_faults() == []


def test_crossed_transfers_neither_deadlock_nor_lose_money(ada: User, ben: User) -> None:
    adas, bens = wallet_of(ada.id), wallet_of(ben.id)

    def cross(number: int) -> str:
        for turn in range(10):
            debit, credit = (adas, bens) if number % 2 else (bens, adas)
            move(debit, credit, 100, f"{number}-{turn}")
        return "done"

    assert at_once(cross, times=10) == ["done"] * 10

    assert balance_of(adas) + balance_of(bens) == 200_000
    assert balance_of(adas) == 100_000  # five threads each way
    assert list_ledger_faults() == []


def test_crossed_batches_lock_in_one_order(ada: User, ben: User, cleo: User) -> None:
    wallets = [wallet_of(person.id) for person in (ada, ben, cleo)]

    def shuffle(number: int) -> str:
        first, second, third = (wallets[(number + step) % 3] for step in range(3))
        post(
            [
                draft_between(first, second, 10, f"{number}-a"),
                draft_between(second, third, 10, f"{number}-b"),
                draft_between(third, first, 10, f"{number}-c"),
            ]
        )
        return "done"

    assert at_once(shuffle, times=12) == ["done"] * 12

    assert [balance_of(wallet) for wallet in wallets] == [100_000] * 3
    assert list_ledger_faults() == []


def test_folding_while_stakes_come_in_loses_none(ada: User) -> None:
    wallet, house = wallet_of(ada.id), stakes()

    def work(number: int) -> str:
        for turn in range(5):
            if number < 2:
                fold_house_accounts()
            else:
                move(wallet, house, 10, f"{number}-{turn}", kind="stake")
        return "done"

    at_once(work, times=10)

    assert get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY") == 8 * 5 * 10
    fold_house_accounts()
    assert get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY") == 8 * 5 * 10
    assert list_ledger_faults() == []
