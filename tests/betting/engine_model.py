"""What every wallet and slip must come to, worked out without the engine: exact fractions, line by line, no SQL.

Its algebra is its own on purpose. Lines are listed one by one, a bet with half results is two half bets, and nothing is
taken from `betting/core`: a mistake made there is not made here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Literal
from uuid import UUID

PlaceResult = Literal["won", "lost", "void", ""]
TAKEOUT = Fraction(1, 10)  # of the pools that the tests open
CASH_OUT_SHARE = Fraction(95, 100)  # what a cash-out pays of a slip's worth


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


@dataclass
class ModelSelection:
    """One selection: its price while it takes bets, its outcome, and when the news of it was made."""

    id: UUID
    market: "ModelMarket" = field(repr=False)
    odds_milli: int | None
    outcome: Outcome | None = None
    produced: int | None = None


@dataclass
class ModelMarket:
    """A market with its deductions (percent, placed before) and cancel windows (start, end) -> (active, produced)."""

    id: UUID
    event_id: UUID
    place_fraction: Fraction
    selections: list[ModelSelection] = field(default_factory=list, repr=False)
    status: str = "active"
    deductions: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)
    windows: dict[tuple[datetime | None, datetime | None], tuple[bool, int]] = field(default_factory=dict)

    def is_cancelled(self, placed_at: datetime) -> bool:
        return any(
            is_active and (start is None or start <= placed_at) and (end is None or placed_at < end)
            for (start, end), (is_active, _) in self.windows.items()
        )

    def move_status(self) -> None:
        has_all = all(selection.outcome for selection in self.selections)
        if has_all:
            self.status = "settled"
        elif self.status == "settled":
            self.status = "suspended"


@dataclass(frozen=True)
class ModelLeg:
    """A selection at its struck price."""

    selection: ModelSelection
    odds_milli: int
    is_banker: bool = False

    def is_void(self, placed_at: datetime) -> bool:
        outcome = self.selection.outcome
        return self.selection.market.is_cancelled(placed_at) or (outcome is not None and outcome.result == "void")

    def is_open(self, placed_at: datetime, *, is_each_way: bool) -> bool:
        if self.is_void(placed_at):
            return False
        outcome = self.selection.outcome
        return outcome is None or (is_each_way and not outcome.place_result)

    def deducted_odds(self, placed_at: datetime) -> Fraction:
        """The price less what withdrawals after the bet take off its winnings."""
        percents = sum(percent for percent, before in self.selection.market.deductions.values() if placed_at < before)
        return 1 + (Fraction(self.odds_milli, 1_000) - 1) * Fraction(100 - min(percents, 90), 100)

    def win_value(self, placed_at: datetime) -> Fraction:
        """What one unit on it to win comes to; with no result yet, what it comes to if it wins."""
        odds = self.deducted_odds(placed_at)
        outcome = self.selection.outcome
        if self.is_void(placed_at):
            return Fraction(1)
        if outcome is None:
            return odds
        whole = odds * outcome.places / outcome.tied if outcome.result == "won" else Fraction(0)
        return (whole + 1) / 2 if outcome.is_half_void else whole

    def place_value(self, placed_at: datetime) -> Fraction:
        """What one unit on it to be placed comes to."""
        odds = 1 + (self.deducted_odds(placed_at) - 1) * self.selection.market.place_fraction
        outcome = self.selection.outcome
        if self.is_void(placed_at) or (outcome is not None and outcome.place_result == "void"):
            return Fraction(1)
        if outcome is None or not outcome.place_result:
            return odds
        return odds * outcome.place_places / outcome.place_tied if outcome.place_result == "won" else Fraction(0)


@dataclass
class ModelSlip:
    """A slip as it stands. `paid` is what its last settlement paid, None while it runs."""

    id: UUID
    person: int
    legs: Sequence[ModelLeg]
    sizes: Sequence[int]
    is_each_way: bool
    token: int | None
    remaining: int
    promised: int
    placed_at: datetime
    status: str = "accepted"
    paid: int | None = None

    @property
    def events(self) -> set[UUID]:
        return {leg.selection.market.event_id for leg in self.legs}

    def line_return(self, values: Sequence[Fraction], stake: Fraction) -> Fraction:
        """All lines, one by one, each with every banker in it."""
        free = [value for leg, value in zip(self.legs, values, strict=True) if not leg.is_banker]
        bankers = [value for leg, value in zip(self.legs, values, strict=True) if leg.is_banker]
        lines = [line for size in self.sizes for line in combinations(free, size)]
        return sum((stake * prod([*line, *bankers], start=Fraction(1)) for line in lines), Fraction(0))

    def unit(self, stake: int) -> Fraction:
        free = sum(not leg.is_banker for leg in self.legs)
        lines = sum(1 for size in self.sizes for _ in combinations(range(free), size))
        return Fraction(stake, lines * (2 if self.is_each_way else 1))

    def exact_return(self) -> Fraction:
        unit = self.unit(self.remaining)
        exact = self.line_return([leg.win_value(self.placed_at) for leg in self.legs], unit)
        if self.is_each_way:
            exact += self.line_return([leg.place_value(self.placed_at) for leg in self.legs], unit)
        return exact

    def promise(self) -> int:
        """What it pays if all its legs win, at the struck prices; a free bet does not pay its stake."""
        unit = self.unit(self.remaining)
        odds = [Fraction(leg.odds_milli, 1_000) for leg in self.legs]
        exact = self.line_return(odds, unit)
        if self.is_each_way:
            places = [
                1 + (one - 1) * leg.selection.market.place_fraction for leg, one in zip(self.legs, odds, strict=True)
            ]
            exact += self.line_return(places, unit)
        return int(exact) - (0 if self.token is None else self.remaining)

    def settle(self) -> None:
        """Bring status and payment to what today's outcomes say."""
        exact = self.exact_return()
        if exact > 0 and any(leg.is_open(self.placed_at, is_each_way=self.is_each_way) for leg in self.legs):
            self.status, self.paid = "accepted", None
            return
        is_free = self.token is not None
        self.paid = int(max(exact - self.remaining, Fraction(0))) if is_free else int(exact)
        if all(leg.is_void(self.placed_at) for leg in self.legs):
            self.status = "void"
        elif exact == 0:
            self.status = "lost"
        else:
            self.status = "won" if self.paid > (0 if is_free else self.remaining) else "partial"

    def find_offer(self, stake: int) -> int | None:
        """What a cash-out of so much pays; None where none is offered."""
        if self.status != "accepted" or self.is_each_way or self.token is not None or self.remaining == 0:
            return None
        open_legs = [leg for leg in self.legs if leg.is_open(self.placed_at, is_each_way=False)]
        if not open_legs or self.exact_return() == 0:
            return None
        if any(leg.selection.market.status != "active" or leg.selection.odds_milli is None for leg in open_legs):
            return None
        values = []
        for leg in self.legs:
            value = leg.win_value(self.placed_at)
            if leg in open_legs:
                value *= Fraction(1_000, leg.selection.odds_milli or 1)
            values.append(value)
        return int(self.line_return(values, self.unit(stake)) * CASH_OUT_SHARE)


@dataclass
class ModelPool:
    """A pool of tickets (person, selection, stake) and what each was paid."""

    id: UUID
    market: ModelMarket
    tickets: list[tuple[int, ModelSelection, int]] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)
    status: str = "open"

    def divide(self) -> list[int]:
        """What each ticket gets by today's outcomes."""
        outcomes = [(selection, stake) for _, selection, stake in self.tickets if not _is_scratched(selection)]
        gross = sum(stake for _, stake in outcomes)
        on: dict[UUID, int] = {}
        for selection, stake in outcomes:
            if selection.outcome and selection.outcome.result == "won":
                on[selection.id] = on.get(selection.id, 0) + stake
        if not on:
            return [stake for _, _, stake in self.tickets]
        net = gross - int(gross * TAKEOUT)
        payouts = []
        for _, selection, stake in self.tickets:
            if _is_scratched(selection):
                payouts.append(stake)
            elif selection.id in on:
                payouts.append(int(stake * max(Fraction(net, len(on) * on[selection.id]), Fraction(1))))
            else:
                payouts.append(0)
        return payouts


def _is_scratched(selection: ModelSelection) -> bool:
    return selection.outcome is not None and selection.outcome.result == "void"


@dataclass
class Model:
    """Everything the machine knows. Wallets by person, tokens as (person, amount)."""

    wallets: list[int]
    markets: Sequence[ModelMarket]
    pools: Sequence[ModelPool]
    slips: list[ModelSlip] = field(default_factory=list)
    tokens: dict[int, tuple[int, int, UUID]] = field(default_factory=dict)
    news: set[UUID] = field(default_factory=set)

    def is_token_free(self, token: int) -> bool:
        """A token can be used while every slip that used it is void."""
        return all(slip.status == "void" for slip in self.slips if slip.token == token)

    def take_news(self, market: ModelMarket, changes: Mapping[UUID, Outcome | None], produced: int) -> int:
        """Outcomes of a market, None for taken back; older than what is known is nothing. Answers how many changed."""
        changed = 0
        for selection in market.selections:
            if selection.id not in changes or (selection.produced is not None and produced < selection.produced):
                continue
            selection.produced = produced
            if changes[selection.id] is not None:
                selection.odds_milli = None
            if selection.outcome != changes[selection.id]:
                selection.outcome = changes[selection.id]
                changed += 1
        market.move_status()
        if changed:
            self.news.add(market.event_id)
        return changed

    def move_window(
        self, market: ModelMarket, window: tuple[datetime | None, datetime | None], produced: int, *, is_active: bool
    ) -> None:
        was_active, known = market.windows.get(window, (False, None))
        if known is not None and produced <= known:
            return
        market.windows[window] = (is_active, produced)
        if was_active != is_active:
            self.news.add(market.event_id)

    def settle(self, event_ids: Iterable[UUID]) -> None:
        """Settle all slips with a leg on events that have news: each person gets the difference."""
        for event_id in event_ids:
            if event_id not in self.news:
                continue
            self.news.discard(event_id)
            for slip in self.slips:
                if event_id in slip.events and slip.status != "cashed_out":
                    before = slip.paid or 0
                    slip.settle()
                    self.wallets[slip.person] += (slip.paid or 0) - before

    def settle_pool(self, pool: ModelPool) -> None:
        if pool.status == "cancelled" or any(selection.outcome is None for selection in pool.market.selections):
            return
        self.pay_pool(pool, pool.divide())
        pool.status = "settled"

    def pay_pool(self, pool: ModelPool, payouts: list[int]) -> None:
        for (person, _, _), before, now in zip(pool.tickets, pool.paid, payouts, strict=True):
            self.wallets[person] += now - before
        pool.paid = payouts

    def running_stakes(self) -> int:
        return sum(slip.remaining for slip in self.slips if slip.status == "accepted")
