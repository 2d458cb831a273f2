"""The one writer of the books: hands drafts to the SQL function `ledger_post` and its refusals to the caller."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from payments.core.postings import PostedTransfer, TransferDraft
from payments.errors import TransferKeyReused, TransferMalformed
from project.kit.errors import InsufficientFunds

TRANSFERS_MAX: Final = 10_000  # one statement; a settlement batch has at most 2,000 slips

_POST: Final = """
    SELECT transfer_id, is_duplicate, debit_balance_after_minor, credit_balance_after_minor
      FROM ledger_post(%s::ledger_transfer[]) ORDER BY "position"
"""


@transaction.atomic
def post(transfers: Sequence[TransferDraft]) -> list[PostedTransfer]:
    """Post transfers, all or none, as if one after the other; answers where each stands.

    Locks the personal accounts by id. Raises InsufficientFunds, TransferKeyReused, TransferMalformed.
    """
    assert len(transfers) <= TRANSFERS_MAX, "post in batches"
    if not transfers:
        return []
    rows = [_as_row(transfer) for transfer in transfers]
    with ledger_refusals(), connection.cursor() as cursor:
        cursor.execute(_POST, [rows])
        return [PostedTransfer(*row) for row in cursor.fetchall()]


@contextmanager
def ledger_refusals() -> Iterator[None]:
    """Turn what the ledger's SQL functions refuse into refusals; for every statement that calls them."""
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "pgcode", None)
        if code == "LG001":
            raise InsufficientFunds from error
        if code == "LG002":
            raise TransferKeyReused(str(error.__cause__).splitlines()[0]) from error
        if code == "LG003":
            raise TransferMalformed(str(error.__cause__).splitlines()[0]) from error
        raise


@transaction.atomic
def record_result(*, account_id: UUID, won_minor: int, lost_minor: int) -> None:
    """Add to what a person has won and lost in all. Locks the account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_record_results(ARRAY[ROW(%s, %s, %s)::ledger_result])", [account_id, won_minor, lost_minor]
        )


@transaction.atomic
def fold_house_accounts() -> int:
    """Add the movements of house accounts to their balances. Returns how many were folded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_fold()")
        folded: int = cursor.fetchone()[0]
    return folded


def _as_row(transfer: TransferDraft) -> tuple[object, ...]:
    """The fields in the order of the SQL type `ledger_transfer`."""
    return (
        transfer.kind,
        transfer.ref,
        transfer.leg,
        str(transfer.debit_account_id),
        str(transfer.credit_account_id),
        transfer.amount_minor,
        transfer.ref_kind,
        None if transfer.ref_id is None else str(transfer.ref_id),
        transfer.description,
        None if transfer.overdrawn_by is None else transfer.overdrawn_by.value,
    )
