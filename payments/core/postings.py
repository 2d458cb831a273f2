"""A transfer before and after it is posted, and the few account kinds and reasons the books know."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class HouseAccount(StrEnum):
    """Accounts of the house, one per kind and currency; their balances are folded from movements."""

    OPEN_STAKES = "open_stakes"
    HOUSE_REVENUE = "house_revenue"
    ISSUANCE = "issuance"
    PROMO = "promo"
    PAYOUT_CLEARING = "payout_clearing"


class OverdraftReason(StrEnum):
    """The only reasons for which a personal account may go below zero."""

    SETTLEMENT = "settlement"
    CHARGEBACK = "chargeback"


@dataclass(frozen=True, kw_only=True)
class TransferDraft:
    """One balanced pair: `amount_minor` leaves the debit account and arrives on the credit account.

    `kind`, `ref` and `leg` are its identity: posting the same identity with the same content again changes nothing.
    """

    kind: str
    ref: str
    debit_account_id: UUID
    credit_account_id: UUID
    amount_minor: int
    leg: int = 0
    ref_kind: str = ""
    ref_id: UUID | None = None
    description: str = ""
    overdrawn_by: OverdraftReason | None = None


@dataclass(frozen=True)
class PostedTransfer:
    """Where a draft stands in the books. House accounts have no balance after: they are folded later."""

    transfer_id: int
    is_duplicate: bool
    debit_balance_after_minor: int | None
    credit_balance_after_minor: int | None
