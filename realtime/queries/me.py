"""The caller as their own pages show them: account, funds, and what waits for them."""

from accounts.queries.people import describe_me as describe_account
from community.queries.conversations import get_unread_messages
from payments.queries.wallets import list_wallets, shape_wallet
from project.kit.callers import Caller
from realtime.queries.notifications import get_unread_notifications
from realtime.schemas import MeReply, UnreadCountsReply


def describe_me(caller: Caller, *, csrf_token: str) -> MeReply:
    """Everything about the caller in one answer; a visitor gets the empty one."""
    account = describe_account(caller)
    user_id = account.user.id if account.user else None
    return MeReply(
        user=account.user,
        role=account.role,
        email=account.email,
        is_email_verified=account.is_email_verified,
        wallets=[shape_wallet(view) for view in list_wallets([user_id])] if user_id else [],
        unread=UnreadCountsReply(
            messages=get_unread_messages(user_id) if user_id else 0,
            notifications=get_unread_notifications(user_id) if user_id else 0,
        ),
        csrf_token=csrf_token,
    )
