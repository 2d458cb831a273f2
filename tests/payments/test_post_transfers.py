"""Posting transfers: balances after each, duplicates without effect, refusals that move nothing."""

from dataclasses import replace

import pytest
from django.db import transaction

from accounts.models import User
from payments.actions.ledger import post
from payments.core.postings import HouseAccount, OverdraftReason
from payments.errors import TransferKeyReused, TransferMalformed
from payments.models import LedgerAccount, Transfer
from payments.queries.accounts import get_house_balance_minor, house_account_id
from payments.queries.audit import list_ledger_faults
from payments.queries.wallets import get_wallet
from project.kit.errors import InsufficientFunds
from project.kit.ids import new_id
from tests.payments.books import balance_of, draft_between, drain, issuance, move, stakes, wallet_of

pytestmark = pytest.mark.django_db


def test_a_transfer_moves_one_amount_from_one_account_to_another(ada: User) -> None:
    wallet = wallet_of(ada.id)

    posted = move(wallet, stakes(), 2_500, "slip-1", kind="stake")

    assert not posted.is_duplicate
    assert posted.debit_balance_after_minor == 97_500
    assert posted.credit_balance_after_minor is None
    assert balance_of(wallet) == 97_500
    assert get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY") == 2_500
    assert list_ledger_faults() == []


def test_transfers_of_one_call_are_applied_in_their_order(ada: User, ben: User) -> None:
    adas, bens = wallet_of(ada.id), wallet_of(ben.id)
    drain(adas, leave_minor=100)
    drain(bens, leave_minor=0)

    posted = post(
        [
            draft_between(adas, bens, 100, "a"),
            draft_between(bens, adas, 60, "b"),
            draft_between(adas, stakes(), 60, "c"),
        ]
    )

    assert [(one.debit_balance_after_minor, one.credit_balance_after_minor) for one in posted] == [
        (0, 100),
        (40, 60),
        (0, None),
    ]
    assert (balance_of(adas), balance_of(bens)) == (0, 40)
    assert list_ledger_faults() == []


def test_short_wallet_moves_nothing(ada: User, ben: User) -> None:
    adas, bens = wallet_of(ada.id), wallet_of(ben.id)
    drain(adas, leave_minor=99)
    before = Transfer.objects.count()

    with pytest.raises(InsufficientFunds):
        post([draft_between(bens, adas, 1_000, "first"), draft_between(adas, stakes(), 1_100, "second")])

    assert (balance_of(adas), balance_of(bens)) == (99, 100_000)
    assert Transfer.objects.count() == before
    assert get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY") == 0
    assert list_ledger_faults() == []


def test_a_debit_is_judged_at_its_turn_not_at_the_end(ada: User, ben: User) -> None:
    adas, bens = wallet_of(ada.id), wallet_of(ben.id)
    drain(adas, leave_minor=0)

    with pytest.raises(InsufficientFunds):
        post([draft_between(adas, stakes(), 10, "too early"), draft_between(bens, adas, 10, "too late")])

    assert (balance_of(adas), balance_of(bens)) == (0, 100_000)


def test_the_last_minor_unit_can_be_spent(ada: User) -> None:
    wallet = wallet_of(ada.id)

    posted = move(wallet, stakes(), 100_000, "everything")

    assert posted.debit_balance_after_minor == 0
    assert balance_of(wallet) == 0


def test_same_identity_and_content_changes_nothing(ada: User) -> None:
    wallet = wallet_of(ada.id)
    first = move(wallet, stakes(), 500, "slip-1")
    move(wallet, stakes(), 300, "slip-2")

    again = move(wallet, stakes(), 500, "slip-1")

    assert again.is_duplicate
    assert again.transfer_id == first.transfer_id
    assert again.debit_balance_after_minor == 99_500  # as it stood then
    assert balance_of(wallet) == 99_200


def test_a_duplicate_among_new_transfers_posts_only_the_new(ada: User) -> None:
    wallet = wallet_of(ada.id)
    old = draft_between(wallet, stakes(), 500, "old")
    post([old])

    posted = post([old, draft_between(wallet, stakes(), 100, "new")])

    assert [one.is_duplicate for one in posted] == [True, False]
    assert posted[1].debit_balance_after_minor == 99_400
    assert get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY") == 600
    assert list_ledger_faults() == []


def test_a_duplicate_needs_no_funds(ada: User) -> None:
    wallet = wallet_of(ada.id)
    everything = draft_between(wallet, stakes(), 100_000, "everything")
    post([everything])

    assert post([everything])[0].is_duplicate
    assert balance_of(wallet) == 0


@pytest.mark.parametrize("change", [{"amount_minor": 501}, {"ref_id": new_id()}, {"debit_account_id": "issuance"}])
def test_same_identity_with_other_content_is_refused(ada: User, change: dict[str, object]) -> None:
    wallet = wallet_of(ada.id)
    draft = draft_between(wallet, stakes(), 500, "slip-1")
    post([draft])
    if change.get("debit_account_id") == "issuance":
        change = {"debit_account_id": issuance()}

    with pytest.raises(TransferKeyReused):
        post([replace(draft, **change)])  # type: ignore[arg-type]  # the cases are typed by hand above

    assert balance_of(wallet) == 99_500


def test_legs_of_one_reference_are_different_transfers(ada: User) -> None:
    wallet = wallet_of(ada.id)
    draft = draft_between(wallet, stakes(), 500, "split")

    post([draft, replace(draft, leg=1, amount_minor=250)])

    assert balance_of(wallet) == 99_250


def test_a_correction_may_overdraw_and_says_why(ada: User) -> None:
    wallet = wallet_of(ada.id)
    drain(wallet, leave_minor=100)

    posted = post([draft_between(wallet, stakes(), 300, "fix", overdrawn_by=OverdraftReason.SETTLEMENT)])

    account = LedgerAccount.objects.get(id=wallet)
    assert posted[0].debit_balance_after_minor == -200
    assert (account.balance_minor, account.overdrawn_by) == (-200, "settlement")
    assert Transfer.objects.get(ref="fix").overdrawn_by == "settlement"
    assert list_ledger_faults() == []


def test_an_overdrawn_wallet_refuses_debits_and_takes_deposits_until_it_is_covered(ada: User) -> None:
    wallet = wallet_of(ada.id)
    drain(wallet, leave_minor=100)
    post([draft_between(wallet, stakes(), 300, "fix", overdrawn_by=OverdraftReason.SETTLEMENT)])

    with pytest.raises(InsufficientFunds):
        move(wallet, stakes(), 1, "stake")
    move(issuance(), wallet, 150, "deposit-1")
    assert LedgerAccount.objects.get(id=wallet).overdrawn_by == "settlement"
    move(issuance(), wallet, 50, "deposit-2")

    account = LedgerAccount.objects.get(id=wallet)
    assert (account.balance_minor, account.overdrawn_by) == (0, None)


def test_a_covered_correction_leaves_no_overdraft_mark(ada: User) -> None:
    wallet = wallet_of(ada.id)

    post([draft_between(wallet, stakes(), 300, "fix", overdrawn_by=OverdraftReason.SETTLEMENT)])

    assert LedgerAccount.objects.get(id=wallet).overdrawn_by is None
    assert Transfer.objects.get(ref="fix").overdrawn_by is None


def test_malformed_transfers_are_refused(ada: User) -> None:
    wallet = wallet_of(ada.id)
    other_currency = get_wallet(ada.id, "CRD").account_id
    malformed = [
        draft_between(wallet, stakes(), 0, "zero"),
        draft_between(wallet, stakes(), -5, "negative"),
        draft_between(wallet, wallet, 5, "to itself"),
        draft_between(wallet, other_currency, 5, "two currencies"),
        draft_between(wallet, new_id(), 5, "to nobody"),
        draft_between(new_id(), wallet, 5, "from nobody"),
    ]
    before = Transfer.objects.count()

    for draft in malformed:
        with pytest.raises(TransferMalformed):
            post([draft])
    with pytest.raises(TransferMalformed):
        post([draft_between(wallet, stakes(), 5, "twice"), draft_between(wallet, stakes(), 5, "twice")])

    assert Transfer.objects.count() == before
    assert balance_of(wallet) == 100_000


def test_a_refusal_undoes_everything_of_its_transaction(ada: User) -> None:
    wallet = wallet_of(ada.id)

    with pytest.raises(InsufficientFunds), transaction.atomic():
        move(wallet, stakes(), 100, "good")
        move(wallet, stakes(), 1_000_000, "bad")

    assert balance_of(wallet) == 100_000
    assert not Transfer.objects.filter(ref="good").exists()


def test_no_transfers_are_no_work(ada: User) -> None:
    assert post([]) == []


def test_house_accounts_are_one_per_kind_and_currency() -> None:
    first = house_account_id(HouseAccount.HOUSE_REVENUE, "PLY")

    assert house_account_id(HouseAccount.HOUSE_REVENUE, "PLY") == first
    assert house_account_id(HouseAccount.HOUSE_REVENUE, "CRD") != first
    assert LedgerAccount.objects.filter(kind="house_revenue").count() == 2


def test_a_batch_of_many_people_is_posted_in_one_call() -> None:
    from tests.people import make_person

    wallets = [wallet_of(make_person(f"player{number}").id) for number in range(30)]

    posted = post([draft_between(stakes(), wallet, 10 + n, f"payout-{n}") for n, wallet in enumerate(wallets)])

    assert [one.credit_balance_after_minor for one in posted] == [100_010 + number for number in range(30)]
    assert get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY") == -sum(10 + number for number in range(30))
    assert list_ledger_faults() == []
