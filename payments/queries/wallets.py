"""What people hold, and the statement of how it came about."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from payments.core.grants import SIGNUP_GRANTS
from payments.models import LedgerAccount, Transaction, Wallet
from payments.schemas import TransactionReply, WalletReply
from project.kit.errors import NotFound
from project.kit.money import CURRENCIES, format_minor
from project.kit.pagination import DEFAULT_LIMIT, paginate
from project.kit.schemas import Page

_ORDER = {grant.currency: position for position, grant in enumerate(SIGNUP_GRANTS)}


@dataclass(frozen=True)
class WalletView:
    """One wallet in minor units, with the accounts that transfers name."""

    user_id: UUID
    currency: str
    account_id: UUID
    held_account_id: UUID
    available_minor: int
    held_minor: int
    won_minor: int
    lost_minor: int


def find_wallet(user_id: UUID, currency: str) -> WalletView | None:
    """A person's wallet in one currency, or None before it was opened."""
    views = list_wallets([user_id], currency=currency)
    return views[0] if views else None


def get_wallet(user_id: UUID, currency: str) -> WalletView:
    """A person's wallet in one currency. Raises NotFound before it was opened."""
    view = find_wallet(user_id, currency)
    if view is None:
        raise NotFound(f"There is no {currency} wallet")
    return view


def list_wallets(user_ids: Iterable[UUID], *, currency: str | None = None) -> list[WalletView]:
    """The wallets of some people in one query, practice funds first."""
    wallets = Wallet.objects.filter(user_id__in=set(user_ids)).select_related("available_account", "held_account")
    if currency is not None:
        wallets = wallets.filter(currency=currency)
    views = [_view(wallet) for wallet in wallets]
    return sorted(views, key=lambda view: (view.user_id, _ORDER.get(view.currency, len(_ORDER)), view.currency))


def shape_wallet(view: WalletView) -> WalletReply:
    """A wallet as its owner sees it."""
    return WalletReply(
        currency=view.currency,
        available=format_minor(view.available_minor, view.currency),
        held=format_minor(view.held_minor, view.currency),
        total_winnings=format_minor(view.won_minor, view.currency),
        total_losses=format_minor(view.lost_minor, view.currency),
    )


def write_wallet(currency: str, *, available_minor: int, held_minor: int, won_minor: int, lost_minor: int) -> str:
    """A `WalletReply` as JSON text, for a transaction that knows the wallet's amounts already."""
    return (
        f'{{"currency":"{currency}","available":"{format_minor(available_minor, currency)}",'
        f'"held":"{format_minor(held_minor, currency)}","total_winnings":"{format_minor(won_minor, currency)}",'
        f'"total_losses":"{format_minor(lost_minor, currency)}"}}'
    )


def list_transactions(
    user_id: UUID, *, currency: str | None, cursor: str | None, limit: int = DEFAULT_LIMIT
) -> Page[TransactionReply]:
    """A person's statement, newest first: what moved their available funds."""
    accounts = LedgerAccount.objects.filter(owner_id=user_id, kind=LedgerAccount.Kind.WALLET)
    if currency is not None:
        accounts = accounts.filter(currency=currency if currency in CURRENCIES else "")
    lines = Transaction.objects.filter(account_id__in=list(accounts.values_list("id", flat=True)))
    return paginate(lines, cursor=cursor, limit=limit, order=("-transfer_id",), shape=_shape_transaction)


def _view(wallet: Wallet) -> WalletView:
    return WalletView(
        user_id=wallet.user_id,
        currency=wallet.currency,
        account_id=wallet.available_account_id,
        held_account_id=wallet.held_account_id,
        available_minor=wallet.available_account.balance_minor,
        held_minor=wallet.held_account.balance_minor,
        won_minor=wallet.available_account.won_minor,
        lost_minor=wallet.available_account.lost_minor,
    )


def _shape_transaction(line: Transaction) -> TransactionReply:
    return TransactionReply(
        id=line.id,
        transaction_type=line.transaction_type,
        amount=format_minor(line.amount_minor, line.currency),
        balance_after=format_minor(line.balance_after_minor, line.currency),
        currency=line.currency,
        description=line.description,
        date=line.date,
        slip_id=line.ref_id if line.ref_kind == "slip" else None,
    )
