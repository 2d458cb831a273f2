"""The words of notifications. They say what happened and what it means.

Of other people they quote nobody but the staff, who say why a withdrawal came to nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

TITLE_CHARS_MAX: Final = 160
MESSAGE_CHARS_MAX: Final = 400


@dataclass(frozen=True)
class Wording:
    """A notification's title and the line under it."""

    title: str
    message: str


@dataclass(frozen=True)
class LegWords:
    """What a leg was on, at what odds, and in which event."""

    selection: str
    odds: str
    event: str


def word_settlement(*, status: str, payout: str, stake: str, legs: Sequence[LegWords], is_correction: bool) -> Wording:
    """What became of a slip. Amounts are decimal texts; `status` is the slip's. Of many legs the first is named."""
    endings = {
        "won": f"won: {payout} returned",
        "lost": f"lost: {stake} staked",
        "void": f"is void: {payout} returned",
        "partial": f"won in part: {payout} returned",
        "cashed_out": f"was cashed out: {payout} returned",
    }
    opening = "Result corrected. Your slip" if is_correction else "Your slip"
    title = "Settlement taken back. Your slip is open again" if status == "accepted" else f"{opening} {endings[status]}"
    more = f" and {len(legs) - 1} more" if len(legs) > 1 else ""
    named = _cut(f"{legs[0].selection} at {legs[0].odds}, {legs[0].event}", MESSAGE_CHARS_MAX - len(more))
    return Wording(_cut(title, TITLE_CHARS_MAX), named + more)


def word_pool(*, name: str, stake: str, payout: str, is_paid: bool, is_cancelled: bool, is_correction: bool) -> Wording:
    """What a pool came to for somebody with tickets. Amounts are decimal texts."""
    if is_cancelled:
        ending = f"was called off: {payout} returned"
    elif is_paid:
        ending = f"paid {payout} for {stake} staked"
    else:
        ending = f"went to others: {stake} staked"
    opening = "Result corrected. Your pool" if is_correction else "Your pool"
    return Wording(_cut(f"{opening} {ending}", TITLE_CHARS_MAX), _cut(name, MESSAGE_CHARS_MAX))


def word_withdrawal(*, status: str, amount: str, explanation: str, reference: str, was_paid: bool) -> Wording:
    """What became of a withdrawal. `amount` is with its currency; `was_paid` tells money that came back.

    How it ended comes first: what is too long for a phone is cut at its end.
    """
    titles = {
        "paid": f"Withdrawal paid: {amount}",
        "rejected": f"Withdrawal rejected: {amount} are back",
        "failed": f"Withdrawal came back: {amount}" if was_paid else f"Withdrawal not paid: {amount} are back",
    }
    message = f"Reference {reference}" if status == "paid" else explanation
    return Wording(_cut(titles[status], TITLE_CHARS_MAX), _cut(message, MESSAGE_CHARS_MAX))


def word_messages(*, sender: str, count: int) -> Wording:
    """Messages that came while their reader was away."""
    what = "New message" if count == 1 else f"{count} new messages"
    return Wording(_cut(f"{what} from {sender}", TITLE_CHARS_MAX), "Sent while you were away")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
