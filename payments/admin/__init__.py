"""Money in the back office: the books, which nobody writes, and withdrawals, which finance decides about."""

from payments.admin import books, withdrawals

__all__ = ["books", "withdrawals"]
