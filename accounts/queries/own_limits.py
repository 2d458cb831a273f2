"""The limits people set for themselves, as the rules see them."""

from accounts.core.own_limits import OwnLimit, Raise
from accounts.models import GamblingLimit


def limit_of(row: GamblingLimit) -> OwnLimit:
    """A row with the raise that waits for it, lapsed or not."""
    wish = None if row.asked_at is None else Raise(row.asked_minor, row.asked_at)
    return OwnLimit(row.amount_minor, wish)
