"""Opening a person's wallets with what everybody is given."""

from uuid import UUID

from django.db import transaction

from payments.actions.ledger import post
from payments.core.grants import SIGNUP_GRANTS, signup_key
from payments.core.postings import HouseAccount, TransferDraft
from payments.models import LedgerAccount, Wallet
from payments.queries.accounts import house_account_id
from payments.queries.wallets import WalletView, list_wallets
from payments.streams import wallet_entry
from project.kit import streams


@transaction.atomic
def open_wallets(*, user_id: UUID) -> list[WalletView]:
    """Open a person's wallets and post their grants. Running twice, also at once, has the effect of running once."""
    _open_accounts(user_id)
    opened = {view.currency: view for view in list_wallets([user_id])}
    drafts = [
        TransferDraft(
            kind="grant",
            ref=f"signup:{signup_key(user_id, grant.currency)}",
            debit_account_id=house_account_id(HouseAccount.ISSUANCE, grant.currency),
            credit_account_id=opened[grant.currency].account_id,
            amount_minor=grant.amount_minor,
            description=grant.description,
        )
        for grant in SIGNUP_GRANTS
    ]
    posted = post(drafts)
    fresh = [grant.currency for grant, result in zip(SIGNUP_GRANTS, posted, strict=True) if not result.is_duplicate]
    streams.append(*(wallet_entry(user_id, currency, transaction_type="grant") for currency in fresh))
    return list_wallets([user_id])


def _open_accounts(user_id: UUID) -> None:
    """Insert what is missing; a second opener waits at the unique constraints and finds everything there."""
    currencies = [grant.currency for grant in SIGNUP_GRANTS]
    kinds = (LedgerAccount.Kind.WALLET, LedgerAccount.Kind.HELD)
    LedgerAccount.objects.bulk_create(
        [LedgerAccount(owner_id=user_id, kind=kind, currency=currency) for currency in currencies for kind in kinds],
        ignore_conflicts=True,
    )
    accounts = {(account.kind, account.currency): account for account in LedgerAccount.objects.filter(owner_id=user_id)}
    Wallet.objects.bulk_create(
        [
            Wallet(
                user_id=user_id,
                currency=currency,
                available_account=accounts[LedgerAccount.Kind.WALLET, currency],
                held_account=accounts[LedgerAccount.Kind.HELD, currency],
            )
            for currency in currencies
        ],
        ignore_conflicts=True,
    )
