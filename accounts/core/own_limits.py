"""A limit that a person sets for themselves: less holds at once, more after a day and a second word.

A window is rolling: the last 24 hours, 7 days or 30 days. A calendar's day would let two days' worth go within minutes
around midnight, and whose midnight it is would depend on where the person is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Kind = Literal["stake", "loss"]
Period = Literal["day", "week", "month"]
Step = Literal["set", "lowered", "raise_asked", "raise_withdrawn", "raise_confirmed"]

KINDS: Final[tuple[Kind, ...]] = ("stake", "loss")
WINDOWS: Final[dict[Period, timedelta]] = {
    "day": timedelta(hours=24),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
RAISE_WAITS: Final = timedelta(hours=24)
# A raise that was asked for long ago is no second thought: who still wants it asks again.
RAISE_LAPSES: Final = timedelta(days=7)


@dataclass(frozen=True)
class Raise:
    """A higher limit that was asked for; `amount_minor` is None where the limit is to go."""

    amount_minor: int | None
    asked_at: datetime

    @property
    def confirmable_at(self) -> datetime:
        return self.asked_at + RAISE_WAITS

    @property
    def lapses_at(self) -> datetime:
        return self.confirmable_at + RAISE_LAPSES


@dataclass(frozen=True)
class OwnLimit:
    """The limit that holds, and the raise that waits for it."""

    amount_minor: int
    wish: Raise | None = None

    def find_wish(self, now: datetime) -> Raise | None:
        """The raise that waits, unless it has lapsed."""
        return self.wish if self.wish is not None and now < self.wish.lapses_at else None


def choose(limit: OwnLimit | None, wanted_minor: int | None, now: datetime) -> tuple[OwnLimit | None, Step | None]:
    """What the limit becomes when its person asks for an amount, or for none at all; no step where nothing changes.

    Asking for the amount that holds takes a waiting raise back. Asking for the raise that waits already does not make
    it wait longer; another raise takes its place and waits anew.
    """
    if limit is None:
        return (None, None) if wanted_minor is None else (OwnLimit(wanted_minor), "set")
    wish = limit.find_wish(now)
    if wanted_minor == limit.amount_minor:
        return (limit, None) if wish is None else (OwnLimit(limit.amount_minor), "raise_withdrawn")
    if wanted_minor is not None and wanted_minor < limit.amount_minor:
        return OwnLimit(wanted_minor), "lowered"
    if wish is not None and wish.amount_minor == wanted_minor:
        return limit, None
    return OwnLimit(limit.amount_minor, Raise(wanted_minor, now)), "raise_asked"


def confirm(wish: Raise) -> OwnLimit | None:
    """The limit after its raise was confirmed; None where it was to go."""
    return None if wish.amount_minor is None else OwnLimit(wish.amount_minor)
