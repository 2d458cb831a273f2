"""The words of notifications. They say what happened and what it means; they never quote another person."""

from dataclasses import dataclass
from typing import Final

TITLE_CHARS_MAX: Final = 160
MESSAGE_CHARS_MAX: Final = 400


@dataclass(frozen=True)
class Wording:
    """A notification's title and the line under it."""

    title: str
    message: str


def word_settlement(
    *, status: str, payout: str, stake: str, selection: str, odds: str, event: str, is_correction: bool
) -> Wording:
    """What became of a slip. Amounts are decimal texts; `status` is the slip's."""
    endings = {
        "won": f"won: {payout} returned",
        "lost": f"lost: {stake} staked",
        "void": f"is void: {payout} returned",
        "partial": f"won in part: {payout} returned",
        "cashed_out": f"was cashed out: {payout} returned",
    }
    opening = "Result corrected. Your slip" if is_correction else "Your slip"
    title = f"{opening} {endings[status]}"
    return Wording(_cut(title, TITLE_CHARS_MAX), _cut(f"{selection} at {odds}, {event}", MESSAGE_CHARS_MAX))


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


def word_messages(*, sender: str, count: int) -> Wording:
    """Messages that came while their reader was away."""
    what = "New message" if count == 1 else f"{count} new messages"
    return Wording(_cut(f"{what} from {sender}", TITLE_CHARS_MAX), "Sent while you were away")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
