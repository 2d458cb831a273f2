"""What people rule for themselves: their limits, and the times they keep away.

The tables are of accounts; here the person's wallets are locked first. Whoever takes a stake holds the wallet from
before they read the rules until they commit, so nothing is taken by rules that were stricter a moment ago.
"""

from uuid import UUID

from django.db import transaction

from accounts.actions import exclusions, own_limits
from accounts.actions.own_limits import LimitName
from accounts.locks import lock_own_choices
from accounts.models import Exclusion
from betting.actions.slip_requests import invalid, parse_stake
from betting.core.limits import LIMITS
from betting.schemas.own_rules import (
    ChooseLimit,
    ConfirmedLimitReply,
    ConfirmRaise,
    ExcludeSelf,
    ExclusionReply,
    TakeTimeOut,
)
from payments.locks import lock_accounts
from payments.queries.wallets import list_wallets
from project.kit import idempotency
from project.kit.money import format_minor


@transaction.atomic(durable=True)
def choose_own_limit(*, user_id: UUID, command: ChooseLimit) -> None:
    """Less holds for every stake taken after this commits; more waits for `confirm_own_raise`."""
    amount_minor = None if command.amount is None else parse_stake(command.amount, command.currency, "/amount")
    name = _name_of(command)
    _hold_wallets(user_id)
    own_limits.choose_limit(user_id=user_id, name=name, amount_minor=amount_minor)


@transaction.atomic(durable=True)
def confirm_own_raise(*, user_id: UUID, command: ConfirmRaise, key: str) -> ConfirmedLimitReply:
    """The second word. Raises NotFound where no raise waits, RaiseNotDue before its day is over."""
    name = _name_of(command)
    _hold_wallets(user_id)
    fingerprint = idempotency.fingerprint("confirm_own_raise", command)
    stored = idempotency.find_reply(owner_id=user_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return ConfirmedLimitReply.model_validate(stored)
    limit = own_limits.confirm_raise(user_id=user_id, name=name)
    reply = ConfirmedLimitReply(
        currency=command.currency,
        kind=command.kind,
        period=command.period,
        amount=None if limit is None else format_minor(limit.amount_minor, command.currency),
    )
    idempotency.store_reply(owner_id=user_id, key=key, fingerprint=fingerprint, reply=reply.to_json())
    return reply


@transaction.atomic(durable=True)
def take_time_out(*, user_id: UUID, command: TakeTimeOut, key: str) -> ExclusionReply:
    """No stake is taken after this commits until it ends. Raises ExclusionNotLonger."""
    _hold_wallets(user_id)
    fingerprint = idempotency.fingerprint("take_time_out", command)
    stored = idempotency.find_reply(owner_id=user_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return ExclusionReply.model_validate(stored)
    taken = exclusions.take_time_out(user_id=user_id, length=command.length)
    return _answer(user_id, taken, key, fingerprint)


@transaction.atomic(durable=True)
def exclude_self(*, user_id: UUID, command: ExcludeSelf, key: str) -> ExclusionReply:
    """The same for half a year or more; the person's sockets are closed. Raises ExclusionNotLonger."""
    _hold_wallets(user_id)
    fingerprint = idempotency.fingerprint("exclude_self", command)
    stored = idempotency.find_reply(owner_id=user_id, key=key, fingerprint=fingerprint)
    if stored is not None:
        return ExclusionReply.model_validate(stored)
    taken = exclusions.exclude_self(user_id=user_id, length=command.length)
    return _answer(user_id, taken, key, fingerprint)


def _answer(user_id: UUID, taken: Exclusion, key: str, fingerprint: str) -> ExclusionReply:
    is_time_out = taken.kind == Exclusion.Kind.TIME_OUT
    reply = ExclusionReply(kind="time_out" if is_time_out else "self_exclusion", ends_at=taken.ends_at)
    idempotency.store_reply(owner_id=user_id, key=key, fingerprint=fingerprint, reply=reply.to_json())
    return reply


def _name_of(command: ChooseLimit | ConfirmRaise) -> LimitName:
    if command.currency not in LIMITS:
        raise invalid("/currency", "currency_not_offered", "Bets are taken in " + ", ".join(LIMITS))
    return LimitName(command.currency, command.kind, command.period)


def _hold_wallets(user_id: UUID) -> None:
    """The person's choices, then every wallet a stake could come from."""
    lock_own_choices(user_id)
    lock_accounts([wallet.account_id for wallet in list_wallets([user_id])])
