"""What every step of a withdrawal has in common: its gates, its transfer, its record, and telling the person."""

from typing import Final
from uuid import UUID

from payments.actions.ledger import post
from payments.core.postings import TransferDraft
from payments.core.withdrawals import WithdrawalTerms, may_become
from payments.errors import ComplianceRequired, WalletFrozen, WithdrawalNotOffered
from payments.models import LedgerAccount, Withdrawal, WithdrawalRecord, WithdrawalStatus
from payments.queries.withdrawals import find_terms, list_missing_checks, list_terms
from payments.schemas import WithdrawalReply
from payments.streams import wallet_entry, withdrawal_entry
from project.kit import clock, streams
from project.kit.errors import VersionConflict

# The identity of its transfers: with the withdrawal's id, one hold, one payout and one way back, whatever happens.
KIND: Final = "withdrawal"
REVERSAL_KIND: Final = "withdrawal_reversal"
HOLD_LEG: Final = 0
PAYOUT_LEG: Final = 1


def check_offered(currency: str) -> WithdrawalTerms:
    """What is allowed for a currency. Raises WithdrawalNotOffered."""
    terms = find_terms(currency)
    if terms is None:
        raise WithdrawalNotOffered(currencies=[one.currency for one in list_terms()])
    return terms


def check_compliance(user_id: UUID) -> None:
    """Raises ComplianceRequired unless the newest checks of identity and age were passed."""
    missing = list_missing_checks(user_id)
    if missing:
        raise ComplianceRequired(checks=missing)


def check_not_frozen(balance_minor: int) -> None:
    """Raises WalletFrozen below zero."""
    if balance_minor < 0:
        raise WalletFrozen("The wallet is below zero")


def check_may_leave(withdrawal: Withdrawal) -> WithdrawalTerms:
    """The gates of a request again, before money goes: much may have become known since."""
    terms = check_offered(withdrawal.wallet.currency)
    check_compliance(withdrawal.user_id)
    account = LedgerAccount.objects.get(id=withdrawal.wallet.available_account_id)
    check_not_frozen(account.balance_minor)
    return terms


def check_step(withdrawal: Withdrawal, after: WithdrawalStatus) -> None:
    """Raises VersionConflict where the state does not lead there."""
    if not may_become(withdrawal.status, after):
        raise VersionConflict(f"The withdrawal is {withdrawal.get_status_display().lower()}")


def hold(withdrawal: Withdrawal) -> None:
    """Set the funds aside. Raises InsufficientFunds."""
    wallet = withdrawal.wallet
    _move(withdrawal, KIND, HOLD_LEG, wallet.available_account_id, wallet.held_account_id, "Set aside to be paid out")


def give_back(withdrawal: Withdrawal, source_account_id: UUID, description: str) -> None:
    """Back into the wallet: from where they were set aside, or from what was paid out."""
    wallet = withdrawal.wallet
    _move(withdrawal, REVERSAL_KIND, 0, source_account_id, wallet.available_account_id, description)


def pay_out(withdrawal: Withdrawal, clearing_account_id: UUID) -> None:
    """Out of what was set aside: the funds have left."""
    _move(withdrawal, KIND, PAYOUT_LEG, withdrawal.wallet.held_account_id, clearing_account_id, "Withdrawal paid")


def record_step(withdrawal: Withdrawal, *, before: str, actor_id: UUID, reason: str) -> None:
    """Append who made it what it is now, and why."""
    WithdrawalRecord.objects.create(
        withdrawal=withdrawal,
        actor_id=actor_id,
        change=withdrawal.status,
        reason=reason,
        before={"status": before} if before else {},
        after=_describe(withdrawal),
        recorded_at=clock.now(),
    )


def announce(withdrawal: Withdrawal, reply: WithdrawalReply, *, transaction_type: str = "") -> None:
    """Tell the person, as the last thing of the transaction; `transaction_type` names the transfer, if one was made."""
    entries = [withdrawal_entry(withdrawal.user_id, reply)]
    if transaction_type:
        entries.append(wallet_entry(withdrawal.user_id, withdrawal.wallet.currency, transaction_type=transaction_type))
    streams.append(*entries)


def _describe(withdrawal: Withdrawal) -> dict[str, object]:
    described: dict[str, object] = {"status": str(withdrawal.status), "amount_minor": withdrawal.amount_minor}
    if withdrawal.needs_two:
        described["needs_two"] = True
    if withdrawal.payout_reference:
        described["payout_reference"] = withdrawal.payout_reference
    return described


def _move(
    withdrawal: Withdrawal, kind: str, leg: int, debit_account_id: UUID, credit_account_id: UUID, description: str
) -> None:
    post(
        [
            TransferDraft(
                kind=kind,
                ref=str(withdrawal.id),
                leg=leg,
                debit_account_id=debit_account_id,
                credit_account_id=credit_account_id,
                amount_minor=withdrawal.amount_minor,
                ref_kind="withdrawal",
                ref_id=withdrawal.id,
                description=description,
            )
        ]
    )
