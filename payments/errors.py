"""Refusals and faults of the books beyond the shared ones."""

from project.kit.errors import AppError


class TransferKeyReused(AppError):
    """The same kind, reference and leg was posted before with other content."""

    code = "idempotency_key_reused"
    status = 422
    title = "This transfer was posted before with other content"


class TransferMalformed(ValueError):
    """A transfer that no caller should draft: unknown account, two currencies, an amount below one."""
