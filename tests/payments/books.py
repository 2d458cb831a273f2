"""Short ways to move money in tests, always through the ledger."""

from uuid import UUID

from payments.actions.ledger import post
from payments.actions.wallets import open_wallets
from payments.core.postings import HouseAccount, OverdraftReason, PostedTransfer, TransferDraft
from payments.models import LedgerAccount
from payments.queries.accounts import house_account_id
from payments.queries.wallets import get_wallet


def draft_between(
    debit: UUID,
    credit: UUID,
    amount_minor: int,
    ref: str,
    *,
    kind: str = "adjustment",
    overdrawn_by: OverdraftReason | None = None,
) -> TransferDraft:
    return TransferDraft(
        kind=kind,
        ref=ref,
        debit_account_id=debit,
        credit_account_id=credit,
        amount_minor=amount_minor,
        overdrawn_by=overdrawn_by,
    )


def stakes() -> UUID:
    return house_account_id(HouseAccount.OPEN_STAKES, "PLY")


def issuance() -> UUID:
    return house_account_id(HouseAccount.ISSUANCE, "PLY")


def wallet_of(user_id: UUID) -> UUID:
    """The account of a person's practice funds, opened when it was not."""
    open_wallets(user_id=user_id)
    return get_wallet(user_id, "PLY").account_id


def drain(account_id: UUID, *, leave_minor: int) -> None:
    """Take funds away until exactly `leave_minor` are left."""
    surplus = balance_of(account_id) - leave_minor
    if surplus:
        move(account_id, issuance(), surplus, f"drain:{account_id}")


def move(debit: UUID, credit: UUID, amount_minor: int, ref: str, *, kind: str = "adjustment") -> PostedTransfer:
    return post([draft_between(debit, credit, amount_minor, ref, kind=kind)])[0]


def balance_of(account_id: UUID) -> int:
    return LedgerAccount.objects.get(id=account_id).balance_minor
