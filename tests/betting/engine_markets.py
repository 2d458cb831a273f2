"""The markets of the machine's model: what is offered, what came of it, and what its desk has decided."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

PlaceResult = Literal["won", "lost", "void", ""]
Window = tuple[datetime | None, datetime | None]  # its start and end; null is open


@dataclass(frozen=True)
class Outcome:
    """The result of one selection. A half void bet is one of two halves whose other half is void."""

    result: Literal["won", "lost", "void"]
    is_half_void: bool = False
    places: int = 1
    tied: int = 1
    place_result: PlaceResult = ""
    place_places: int = 1
    place_tied: int = 1

    @property
    def is_winner_unplaced(self) -> bool:
        """What cannot be where places are paid, as they are on every market of the model."""
        return (self.result, self.place_result) == ("won", "lost")


@dataclass
class ModelSelection:
    """One selection: its price while it takes bets, its outcome, and when the news of it was made.

    `version` counts what has changed about what its bets are worth.
    """

    id: UUID
    market: "ModelMarket" = field(repr=False)
    odds_milli: int | None
    outcome: Outcome | None = None
    produced: int | None = None
    version: int = 0


@dataclass
class ModelMarket:
    """A market with its deductions (percent, placed before) and cancel windows (start, end) -> (active, produced)."""

    id: UUID
    event_id: UUID
    place_fraction: Fraction
    selections: list[ModelSelection] = field(default_factory=list, repr=False)
    status: str = "active"
    deductions: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)
    windows: dict[Window, tuple[bool, int]] = field(default_factory=dict)

    def place_book(self) -> Fraction:
        """The chances that the odds of a place stand for, of all selections on offer."""
        odds = [Fraction(one.odds_milli, 1_000) for one in self.selections if one.odds_milli is not None]
        return sum((1 / (1 + (each - 1) * self.place_fraction) for each in odds), Fraction())

    def is_cancelled(self, placed_at: datetime) -> bool:
        return any(
            is_active and (start is None or start <= placed_at) and (end is None or placed_at < end)
            for (start, end), (is_active, _) in self.windows.items()
        )

    def has_void_to_come(self, now: datetime) -> bool:
        """Whether a bet placed some time from now on may be void from the start."""
        return any(is_active and (end is None or end > now) for (_, end), (is_active, _) in self.windows.items())

    def settle_again(self) -> None:
        for selection in self.selections:
            selection.version += 1

    def move_status(self) -> None:
        has_all = all(selection.outcome for selection in self.selections)
        if has_all:
            self.status = "settled"
        elif self.status == "settled":
            self.status = "suspended"
