"""After any history of postings, folds, replays and refusals: the books equal a model that fits on a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from payments.actions.ledger import fold_house_accounts, post
from payments.core.postings import HouseAccount, OverdraftReason, TransferDraft
from payments.errors import TransferKeyReused, TransferMalformed
from payments.models import LedgerAccount, Transaction
from payments.queries.accounts import get_house_balance_minor
from payments.queries.audit import list_ledger_faults
from project.kit.errors import InsufficientFunds
from tests.payments.books import draft_between, drain, issuance, stakes, wallet_of

PERSONAL = 3
START_MINOR = 50
HOUSE = {3: HouseAccount.OPEN_STAKES, 4: HouseAccount.ISSUANCE}


@dataclass(frozen=True)
class Step:
    """One drafted transfer between numbered accounts; 0 to 2 are people, 3 and 4 the house."""

    debit: int
    credit: int
    amount: int
    ref: int
    is_correction: bool


@dataclass
class Model:
    """The ledger as it should be: balances, and what was posted under which reference."""

    balances: list[int]
    posted: dict[int, Step] = field(default_factory=dict)

    def apply(self, batch: list[Step]) -> str:
        """All or none; what the ledger must answer."""
        if any(step.debit == step.credit for step in batch) or len({step.ref for step in batch}) < len(batch):
            return "malformed"
        if any(step.ref in self.posted and not self._is_same(step) for step in batch):
            return "reused"
        balances = list(self.balances)
        for step in batch:
            if step.ref in self.posted:
                continue
            balances[step.debit] -= step.amount
            balances[step.credit] += step.amount
            if step.debit < PERSONAL and balances[step.debit] < 0 and not step.is_correction:
                return "short"
        self.balances = balances
        self.posted |= {step.ref: step for step in batch if step.ref not in self.posted}
        return "posted"

    def _is_same(self, step: Step) -> bool:
        before = self.posted[step.ref]
        return (before.debit, before.credit, before.amount) == (step.debit, step.credit, step.amount)


steps = st.builds(
    Step,
    debit=st.integers(0, 4),
    credit=st.integers(0, 4),
    amount=st.integers(1, 60),
    ref=st.integers(0, 12),
    is_correction=st.booleans(),
)
histories = st.lists(st.one_of(st.lists(steps, min_size=1, max_size=4), st.just("fold")), max_size=12)


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back: every example starts with the same people."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answer_of(drafts: list[TransferDraft]) -> str:
    try:
        post(drafts)
    except InsufficientFunds:
        return "short"
    except TransferKeyReused:
        return "reused"
    except TransferMalformed:
        return "malformed"
    return "posted"


def check_books(accounts: list[UUID], model: Model) -> None:
    stored = {account.id: account for account in LedgerAccount.objects.filter(id__in=accounts)}
    for number in range(PERSONAL):
        account = stored[accounts[number]]
        assert account.balance_minor == model.balances[number]
        assert (account.overdrawn_by is not None) == (account.balance_minor < 0)
    for number, kind in HOUSE.items():
        assert get_house_balance_minor(kind, "PLY") == model.balances[number]
    assert list_ledger_faults() == []  # every balance is the sum of its transfers, and all entries sum to zero


def check_statements(accounts: list[UUID]) -> None:
    """Each line of a statement stands on the line before."""
    for account_id in accounts[:PERSONAL]:
        lines = Transaction.objects.filter(account_id=account_id).order_by("transfer_id")
        balance = 0
        for line in lines:
            balance += line.amount_minor
            assert line.balance_after_minor == balance


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_any_history_leaves_the_books_of_the_model(ada: User, ben: User, cleo: User, history: list[object]) -> None:
    with undone():
        accounts = [wallet_of(person.id) for person in (ada, ben, cleo)] + [stakes(), issuance()]
        for account_id in accounts[:PERSONAL]:
            drain(account_id, leave_minor=START_MINOR)
        model = Model([START_MINOR] * PERSONAL + [0, -START_MINOR * PERSONAL])

        for event in history:
            if not isinstance(event, list):
                fold_house_accounts()
                continue
            drafts = [
                draft_between(
                    accounts[step.debit],
                    accounts[step.credit],
                    step.amount,
                    f"ref-{step.ref}",
                    overdrawn_by=OverdraftReason.SETTLEMENT if step.is_correction else None,
                )
                for step in event
            ]
            assert answer_of(drafts) == model.apply(event)

        check_books(accounts, model)
        check_statements(accounts)
