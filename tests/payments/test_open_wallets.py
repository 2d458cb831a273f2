"""Opening wallets: what everybody starts with, granted once however often it is asked for."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from payments.actions.wallets import open_wallets
from payments.core.postings import HouseAccount
from payments.models import LedgerAccount, Transaction, Transfer, Wallet
from payments.queries.accounts import get_house_balance_minor
from payments.queries.audit import list_ledger_faults
from project.kit.models import OutboxChange
from project.kit.reactions import drain_reactions


@pytest.mark.django_db
def test_a_new_person_gets_practice_funds_and_credits(ada: User) -> None:
    views = open_wallets(user_id=ada.id)

    assert [(view.currency, view.available_minor, view.held_minor) for view in views] == [
        ("PLY", 100_000, 0),
        ("CRD", 1_000, 0),
    ]
    assert sorted(Transfer.objects.values_list("kind", "ref", "amount_minor")) == [
        ("grant", f"signup:{ada.id}:CRD", 1_000),
        ("grant", f"signup:{ada.id}:PLY", 100_000),
    ]
    assert get_house_balance_minor(HouseAccount.ISSUANCE, "PLY") == -100_000
    assert list_ledger_faults() == []


@pytest.mark.django_db
def test_opening_again_grants_nothing(ada: User) -> None:
    open_wallets(user_id=ada.id)

    views = open_wallets(user_id=ada.id)

    assert [view.available_minor for view in views] == [100_000, 1_000]
    assert Transfer.objects.count() == 2
    assert Wallet.objects.count() == 2
    assert LedgerAccount.objects.filter(owner=ada).count() == 4


@pytest.mark.django_db
def test_signing_up_opens_the_wallets(ada: User) -> None:
    drain_reactions()
    drain_reactions()

    assert Wallet.objects.filter(user=ada).count() == 2
    assert Transaction.objects.filter(user=ada).count() == 2


@pytest.mark.django_db
def test_the_person_hears_of_each_grant_once(ada: User) -> None:
    open_wallets(user_id=ada.id)
    open_wallets(user_id=ada.id)

    changes = OutboxChange.objects.filter(stream=f"user:{ada.id}").order_by("seq").values_list("payload", flat=True)
    assert list(changes) == [
        {
            "type": "wallet.changed",
            "transaction_type": "grant",
            "wallet": {
                "currency": currency,
                "available": amount,
                "held": "0.00",
                "total_winnings": "0.00",
                "total_losses": "0.00",
            },
        }
        for currency, amount in (("PLY", "1000.00"), ("CRD", "10.00"))
    ]


@pytest.mark.django_db(transaction=True)
def test_opened_by_eight_at_once_there_is_one_grant(ada: User) -> None:
    def opening(_: int) -> None:
        try:
            open_wallets(user_id=ada.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(opening, range(8)))

    assert Transfer.objects.count() == 2
    balances = LedgerAccount.objects.filter(owner=ada).values_list("balance_minor", flat=True)
    assert sorted(balances) == [0, 0, 1_000, 100_000]
    assert list_ledger_faults() == []
