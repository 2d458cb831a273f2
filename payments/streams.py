"""A person's wallets and withdrawals on their private stream."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from accounts.streams import USER
from payments.queries.wallets import WalletView, get_wallet, list_wallets, shape_wallet
from payments.queries.withdrawals import list_open
from payments.schemas import WalletReply, WithdrawalReply
from project.kit.streams import Entry
from project.kit.topics import Arguments, Change, declare_image_part


class WalletChanged(Change):
    """Money moved on one wallet; `transaction_type` says by what, as in the statement."""

    type: Literal["wallet.changed"] = "wallet.changed"
    wallet: WalletReply
    transaction_type: str


class WithdrawalChanged(Change):
    """A withdrawal was asked for, or came a step further."""

    type: Literal["withdrawal.changed"] = "withdrawal.changed"
    withdrawal: WithdrawalReply


def wallet_entry(user_id: UUID, currency: str, *, transaction_type: str) -> Entry:
    """The change to append after money moved for a person. Reads the wallet: call it after posting."""
    return _entry(get_wallet(user_id, currency), transaction_type)


def wallet_entries(wallets: Sequence[tuple[UUID, str]], *, transaction_type: str) -> list[Entry]:
    """The changes of many wallets, (person, currency) each, in one query and in the order of the people's ids."""
    wanted = set(wallets)
    views = list_wallets(user_id for user_id, _ in wanted)
    return [_entry(view, transaction_type) for view in views if (view.user_id, view.currency) in wanted]


def withdrawal_entry(user_id: UUID, withdrawal: WithdrawalReply) -> Entry:
    """The change to append after a step of a withdrawal."""
    return Entry(USER.name_for(user_id=user_id), WithdrawalChanged(withdrawal=withdrawal))


def _entry(view: WalletView, transaction_type: str) -> Entry:
    change = WalletChanged(wallet=shape_wallet(view), transaction_type=transaction_type)
    return Entry(USER.name_for(user_id=view.user_id), change)


def _wallets_image(arguments: Arguments) -> list[dict[str, Any]]:
    return [shape_wallet(view).to_json() for view in list_wallets([UUID(arguments["user_id"])])]


declare_image_part(topic_name="user", part="wallets", image=_wallets_image, changes=(WalletChanged,))


def _withdrawals_image(arguments: Arguments) -> list[dict[str, Any]]:
    return [withdrawal.to_json() for withdrawal in list_open(UUID(arguments["user_id"]))]


declare_image_part(topic_name="user", part="open_withdrawals", image=_withdrawals_image, changes=(WithdrawalChanged,))
