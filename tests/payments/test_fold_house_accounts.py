"""House accounts: no row that every stake waits for, and still an exact balance at any time."""

import pytest

from accounts.models import User
from payments.actions.ledger import fold_house_accounts, post
from payments.core.postings import HouseAccount
from payments.models import HouseMovement, LedgerAccount
from payments.queries.accounts import get_house_balance_minor
from payments.queries.audit import list_ledger_faults
from payments.tasks import fold
from tests.payments.books import draft_between, move, stakes, wallet_of

pytestmark = pytest.mark.django_db


def folded() -> int:
    return LedgerAccount.objects.get(id=stakes()).balance_minor


def test_folding_changes_where_the_balance_stands_not_what_it_is(ada: User) -> None:
    wallet = wallet_of(ada.id)
    fold_house_accounts()
    for number in range(3):
        move(wallet, stakes(), 100, f"slip-{number}")
    assert (folded(), get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY")) == (0, 300)

    assert fold_house_accounts() == 3

    assert (folded(), get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY")) == (300, 300)
    assert HouseMovement.objects.count() == 0
    assert list_ledger_faults() == []


def test_folding_twice_folds_once(ada: User) -> None:
    move(wallet_of(ada.id), stakes(), 100, "slip")
    fold()

    assert fold_house_accounts() == 0
    assert folded() == 100


def test_one_call_leaves_one_movement_per_house_account(ada: User) -> None:
    wallet = wallet_of(ada.id)
    fold_house_accounts()

    post([draft_between(wallet, stakes(), 10, f"slip-{number}") for number in range(20)])

    assert list(HouseMovement.objects.values_list("account_id", "amount_minor")) == [(stakes(), 200)]
