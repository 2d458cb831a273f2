"""`ledger_post_new` does to the books what `ledger_post` does, and refuses what it refuses."""

from collections.abc import Sequence
from random import Random
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from payments.core.postings import HouseAccount
from payments.models import LedgerAccount, Transfer
from payments.queries.accounts import house_account_id
from payments.queries.audit import list_ledger_faults
from payments.queries.wallets import get_wallet
from project.kit.ids import new_id
from tests.payments.books import balance_of, drain, stakes, wallet_of

pytestmark = pytest.mark.django_db

BATCHES: Final = 60
ARRAYS: Final = "%s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[]"
POST: Final = f"""
    SELECT ledger_post(ARRAY(
        SELECT ROW(kind, ref::text, 0, debit, credit, amount, 'slip', ref, description, NULL)::ledger_transfer
          FROM unnest({ARRAYS}, %s::text[]) WITH ORDINALITY
            AS item (kind, ref, debit, credit, amount, description, place)
         ORDER BY place))
"""
POST_NEW: Final = f"SELECT ledger_post_new({ARRAYS}, 'slip', %s::text[])"

Item = tuple[str, str, str, str, int, str]


def call(statement: str, items: Sequence[Item]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*items, strict=True)])


def refusal_code(statement: str, items: Sequence[Item]) -> str | None:
    """The code a call is refused with."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        call(statement, items)
    return getattr(refusal.value.__cause__, "pgcode", None)


def outcome(statement: str, items: Sequence[Item]) -> object:
    """What a call does to the books, or how it is refused; nothing of it stays."""
    try:
        with transaction.atomic():
            call(statement, items)
            books = read_books(items)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return getattr(error.__cause__, "pgcode", None), str(error).splitlines()[:2]
    return books


def read_books(items: Sequence[Item]) -> list[list[tuple[Any, ...]]]:
    written = Transfer.objects.filter(ref__in=[item[1] for item in items]).order_by("id")
    fields = [field.attname for field in Transfer._meta.concrete_fields if field.attname not in ("id", "created_at")]
    accounts = LedgerAccount.objects.order_by("id").values_list("id", "balance_minor", "version", "overdrawn_by")
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, sum(amount_minor) FROM payments_housemovement GROUP BY 1 ORDER BY 1")
        movements = cursor.fetchall()
    return [list(written.values_list(*fields)), list(accounts), movements]


def random_batch(random: Random, debits: Sequence[UUID], credit_to: Sequence[UUID], odd: Sequence[UUID]) -> list[Item]:
    """Stakes of some people, now and then more than they have, malformed or to a strange account."""
    batch = []
    for _ in range(random.randint(1, 12)):
        is_odd = random.random() < 0.03
        amount = random.choice([0, -5]) if random.random() < 0.02 else random.randint(1, 300)
        credit = random.choice(odd if is_odd else credit_to)
        batch.append(("stake", str(new_id()), str(random.choice(debits)), str(credit), amount, "A stake"))
    return batch


def test_it_equals_ledger_post_on_random_batches(ada: User, ben: User, cleo: User) -> None:
    wallets = [wallet_of(person.id) for person in (ada, ben, cleo)]
    for wallet, funds in zip(wallets, (900, 4_000, 100), strict=True):
        drain(wallet, leave_minor=funds)
    promo = house_account_id(HouseAccount.PROMO, "PLY")
    held = [get_wallet(person.id, "PLY").held_account_id for person in (ada, ben)]
    odd = [new_id(), get_wallet(ada.id, "CRD").account_id]
    random = Random(11)
    refused = 0

    for _ in range(BATCHES):
        batch = random_batch(random, [*wallets, promo], [stakes(), *held], odd)

        expected = outcome(POST, batch)

        assert outcome(POST_NEW, batch) == expected
        refused += isinstance(expected, tuple)
    assert 0 < refused < BATCHES, "both kinds of batches were compared"


def test_what_it_posts_stays_and_the_books_add_up(ada: User) -> None:
    wallet = wallet_of(ada.id)
    refs = [str(new_id()) for _ in range(3)]

    call(POST_NEW, [("stake", ref, str(wallet), str(stakes()), 1_000, "A stake") for ref in refs])

    posted = Transfer.objects.filter(kind="stake").order_by("id")
    assert [(one.ref, one.debit_balance_after_minor, one.credit_balance_after_minor) for one in posted] == [
        (refs[0], 99_000, None),
        (refs[1], 98_000, None),
        (refs[2], 97_000, None),
    ]
    assert balance_of(wallet) == 97_000
    assert list_ledger_faults() == []


def test_an_identity_used_before_is_refused(ada: User) -> None:
    item = ("stake", str(new_id()), str(wallet_of(ada.id)), str(stakes()), 1_000, "A stake")
    call(POST_NEW, [item])

    assert refusal_code(POST_NEW, [item]) == "23505"
    assert Transfer.objects.filter(kind="stake").count() == 1


def test_an_account_on_both_sides_is_refused(ada: User, ben: User) -> None:
    adas, bens = str(wallet_of(ada.id)), str(wallet_of(ben.id))
    items = [("stake", str(new_id()), adas, bens, 1, ""), ("stake", str(new_id()), bens, str(stakes()), 1, "")]

    assert refusal_code(POST_NEW, items) == "LG003"
    assert not Transfer.objects.filter(kind="stake").exists()
