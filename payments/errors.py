"""Refusals and faults of the books beyond the shared ones."""

from project.kit.errors import AppError, Forbidden


class TransferKeyReused(AppError):
    """The same kind, reference and leg was posted before with other content."""

    code = "idempotency_key_reused"
    status = 422
    title = "This transfer was posted before with other content"


class WithdrawalNotOffered(AppError):
    """Funds of this currency cannot be taken out. `currencies` lists those that can."""

    code = "withdrawal_not_offered"
    status = 422
    title = "This currency cannot be withdrawn"


class WithdrawalBelowMin(AppError):
    """`min_amount` is the smallest amount that can be withdrawn."""

    code = "withdrawal_below_min"
    status = 422
    title = "The amount is too low"


class WithdrawalsLimit(AppError):
    """As many withdrawals as one person may have open at once are; `limit` says how many that is."""

    code = "withdrawals_limit"
    status = 422
    title = "Too many withdrawals are open"


class ComplianceRequired(Forbidden):
    """`checks` lists what has not been checked yet, or not with success."""

    code = "compliance_required"
    title = "Some checks have to be passed first"


class WalletFrozen(Forbidden):
    """The wallet is below zero: nothing leaves it until it is not."""

    code = "wallet_frozen"
    title = "Nothing can leave this wallet now"


class TransferMalformed(ValueError):
    """A transfer that no caller should draft: unknown account, two currencies, an amount below one."""
