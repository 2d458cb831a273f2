"""What every wallet and slip must come to, worked out without the engine: exact fractions, line by line, no SQL.

Its algebra is its own on purpose. Lines are listed one by one, a bet with half results is two half bets, and nothing is
taken from `betting/core`: a mistake made there is not made here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Literal
from uuid import UUID

from project.kit import clock
from tests.betting.engine_markets import ModelMarket, ModelSelection, Outcome, Window
from tests.betting.engine_own_model import ModelRules, find_own_refusal
from tests.betting.engine_pools import ModelPool

PricePolicy = Literal["none", "better", "any"]
CASH_OUT_SHARE = Fraction(95, 100)  # what a cash-out pays of a slip's worth


@dataclass(frozen=True)
class ModelLeg:
    """A selection at its struck price, or at the one that was seen while its slip waits."""

    selection: ModelSelection
    odds_milli: int
    is_banker: bool = False
    policy: PricePolicy = "none"

    @property
    def is_offered(self) -> bool:
        selection = self.selection
        return selection.market.status == "active" and selection.outcome is None and selection.odds_milli is not None

    @property
    def is_price_taken(self) -> bool:
        current = self.selection.odds_milli or 0
        return {
            "none": current == self.odds_milli,
            "better": current >= self.odds_milli,
            "any": True,
        }[self.policy]

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
    """A slip as it stands. `paid` is what its last settlement paid, None while it runs.

    `settled_on` are the versions of its selections at its last settlement, of which there were `settlements`;
    `was_stopped` that betting on one of its legs was stopped while it waited; `rejection` why it was not taken.
    """

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
    settlements: int = 0
    settled_on: Sequence[int] = ()
    target: int | None = None
    was_stopped: bool = False
    rejection: str | None = None
    staked: int = 0
    cashed_out: int = 0

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
        return self._best_return(None) - (0 if self.token is None else self.remaining)

    def risks(self) -> list[tuple[int, int]]:
        """What each leg puts at risk on its market, as stake and payout: the whole slip, less what it would still pay
        at best if the leg lost. The stake of a free bet is the house's."""
        free = 0 if self.token is None else self.remaining
        best = max(0, self._best_return(None) - free)
        risks = []
        for lost in range(len(self.legs)):
            still = max(0, self._best_return(lost) - free)
            risks.append((self.remaining - free - still, best - still))
        return risks

    def _best_return(self, lost: int | None) -> int:
        """At the struck prices. An each-way bet that loses may still be placed."""
        unit = self.unit(self.remaining)
        odds = [Fraction(leg.odds_milli, 1_000) for leg in self.legs]
        exact = self.line_return([Fraction(0) if place == lost else one for place, one in enumerate(odds)], unit)
        if self.is_each_way:
            fractions = [leg.selection.market.place_fraction for leg in self.legs]
            exact += self.line_return([1 + (a - 1) * b for a, b in zip(odds, fractions, strict=True)], unit)
        return int(exact)

    def judge(self, own_refusal: str | None) -> None:
        """The end of its delay: taken at the prices of now, or given back; rules of the person's own come last."""
        is_void = any(leg.selection.market.is_cancelled(self.placed_at) for leg in self.legs)
        if self.was_stopped or is_void or not all(leg.is_offered for leg in self.legs):
            self.status, self.rejection = "rejected", "market_suspended"
        elif not all(leg.is_price_taken for leg in self.legs):
            self.status, self.rejection = "rejected", "odds_changed"
        elif own_refusal is not None:
            self.status, self.rejection = "rejected", own_refusal
        else:
            self.status = "accepted"
            self.legs = [replace(leg, odds_milli=leg.selection.odds_milli or 0) for leg in self.legs]
            self.promised = self.promise()

    def settle_by_news(self) -> bool:
        """Settle it if its selections are others than at its last settlement; answers whether that was one."""
        versions = [leg.selection.version for leg in self.legs]
        if versions == (list(self.settled_on) or [0] * len(versions)):
            return False
        was_running = self.status == "accepted"
        self.settle()
        if was_running and self.status == "accepted":
            return False
        self.settled_on = versions
        self.settlements += 1
        return True

    def settle(self) -> None:
        """Bring status and payment to what today's outcomes say."""
        exact = self.exact_return()
        if exact > 0 and any(leg.is_open(self.placed_at, is_each_way=self.is_each_way) for leg in self.legs):
            self.status, self.paid = "accepted", None
            return
        is_free = self.token is not None
        returned = max(exact - self.remaining, Fraction(0)) if is_free else exact
        self.paid = int(returned)
        if all(leg.is_void(self.placed_at) for leg in self.legs):
            self.status = "void"
        elif returned == 0:
            self.status = "lost"
        else:
            self.status = "won" if self.paid > (0 if is_free else self.remaining) else "partial"

    def may_have_target(self) -> bool:
        """Whether it may be cashed out some time: it runs, and some of its lines can still win."""
        is_offered = self.status == "accepted" and not self.is_each_way and self.token is None
        is_open = any(leg.is_open(self.placed_at, is_each_way=False) for leg in self.legs)
        return is_offered and is_open and self.exact_return() > 0

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

    def best_offer(self) -> int:
        """What a cash-out of the rest pays at most: its open legs have won but for one, which stands at 1.01."""
        best, unit = [leg.win_value(self.placed_at) for leg in self.legs], self.unit(self.remaining)
        values = [
            self.line_return([*best[:last], best[last] / Fraction("1.01"), *best[last + 1 :]], unit)
            for last, leg in enumerate(self.legs)
            if leg.is_open(self.placed_at, is_each_way=False)
        ]
        return int(max(values, default=Fraction(0)) * CASH_OUT_SHARE)


@dataclass
class ModelWithdrawal:
    """So much on its way out, or back again."""

    id: UUID
    person: int
    amount: int
    status: str = "requested"

    @property
    def is_held(self) -> bool:
        return self.status in ("requested", "approved", "processing")


@dataclass
class Model:
    """Everything the machine knows. Wallets by person, tokens as (person, amount)."""

    wallets: list[int]
    markets: Sequence[ModelMarket]
    pools: Sequence[ModelPool]
    slips: list[ModelSlip] = field(default_factory=list)
    tokens: dict[int, tuple[int, int, UUID]] = field(default_factory=dict)
    news: set[UUID] = field(default_factory=set)
    withdrawals: list[ModelWithdrawal] = field(default_factory=list)
    rules: ModelRules = field(default_factory=ModelRules)

    def is_token_free(self, token: int) -> bool:
        """A token can be used while every slip that used it is void or was not taken."""
        return all(slip.status in ("void", "rejected") for slip in self.slips if slip.token == token)

    def judge(self) -> int:
        """End the delay of all slips that wait; answers how many did."""
        waiting = [slip for slip in self.slips if slip.status == "pending_delay"]
        for slip in waiting:
            slip.judge(find_own_refusal(self, slip))
            if slip.status == "rejected" and slip.token is None:
                self.wallets[slip.person] += slip.remaining
        return len(waiting)

    def stop(self, markets: Iterable[ModelMarket]) -> None:
        """Betting on these markets stops for a moment: whatever waits on them is lost."""
        ids = {market.id for market in markets}
        for slip in self.slips:
            slip.was_stopped |= any(leg.selection.market.id in ids for leg in slip.legs)

    def cash_out(self, slip: ModelSlip, part: int, offer: int) -> None:
        slip.remaining -= part
        slip.cashed_out += offer
        self.wallets[slip.person] += offer
        if slip.remaining == 0:
            slip.status = "cashed_out"
        if slip.target is not None and slip.target > slip.best_offer():
            slip.target = None

    def take_target(self, slip: ModelSlip) -> bool:
        """Cash all of it out where its offer has reached its target; answers whether it has."""
        offer = slip.find_offer(slip.remaining)
        if slip.target is None or offer is None or offer < slip.target:
            return False
        self.cash_out(slip, slip.remaining, offer)
        return True

    def take_news(self, market: ModelMarket, changes: Mapping[UUID, Outcome | None], produced: int) -> int:
        """Outcomes of a market, None for taken back; older than what is known is nothing. Answers how many changed:
        where any did, what waits is lost."""
        changed = 0
        for selection in market.selections:
            if selection.id not in changes or (selection.produced is not None and produced < selection.produced):
                continue
            selection.produced = produced
            if changes[selection.id] is not None:
                selection.odds_milli = None
            if selection.outcome != changes[selection.id]:
                selection.outcome = changes[selection.id]
                selection.version += 1
                changed += 1
        market.move_status()
        if changed:
            self.news.add(market.event_id)
            self.stop([market])
        return changed

    def move_window(self, market: ModelMarket, window: Window, produced: int, *, is_active: bool) -> None:
        was_active, known = market.windows.get(window, (False, None))
        if known is not None and produced < known:
            return
        market.windows[window] = (is_active, produced)
        if was_active != is_active:
            self.change_worth(market)
        if is_active and not was_active and market.status == "active" and market.has_void_to_come(clock.now()):
            market.status = "suspended"
            self.stop([market])

    def change_worth(self, market: ModelMarket) -> None:
        """Not the results of a market have changed, but what its bets come to."""
        market.settle_again()
        self.news.add(market.event_id)

    def settle(self, event_ids: Iterable[UUID]) -> list[tuple[ModelSlip, int]]:
        """Settle all slips with a leg on events that have news: each person gets the difference, which is answered."""
        settled = []
        for event_id in event_ids:
            if event_id not in self.news:
                continue
            self.news.discard(event_id)
            for slip in self.slips:
                if event_id in slip.events and slip.status not in ("cashed_out", "pending_delay", "rejected"):
                    before = slip.paid or 0
                    if slip.settle_by_news():
                        difference = (slip.paid or 0) - before
                        self.wallets[slip.person] += difference
                        settled.append((slip, difference))
        return settled

    def settle_pool(self, pool: ModelPool) -> list[tuple[int, int]]:
        """Bring a pool to today's outcomes; one that has none any more is open again. Answers what moved: person and
        difference, ticket by ticket."""
        if pool.status == "cancelled" or pool.known == pool.versions:
            return []
        pool.known = pool.versions
        moved = self.pay_pool(pool, pool.divide())
        pool.status = "settled" if pool.is_decided else "open"
        return moved

    def pay_pool(self, pool: ModelPool, payouts: list[int]) -> list[tuple[int, int]]:
        moved = [
            (person, now - before)
            for (person, _, _), before, now in zip(pool.tickets, pool.paid, payouts, strict=True)
            if now != before
        ]
        for person, difference in moved:
            self.wallets[person] += difference
        pool.paid = payouts
        return moved

    def running_stakes(self) -> int:
        return sum(slip.remaining for slip in self.slips if slip.status == "accepted")

    def exposure(self) -> dict[UUID, tuple[int, int]]:
        """What the slips that stand put at risk on each selection: none where they are void by a window."""
        sums: dict[UUID, tuple[int, int]] = {}
        for slip in self.slips:
            if slip.status in ("pending_delay", "rejected"):
                continue
            for leg, (stake, payout) in zip(slip.legs, slip.risks(), strict=True):
                if not leg.selection.market.is_cancelled(slip.placed_at):
                    before = sums.get(leg.selection.id, (0, 0))
                    sums[leg.selection.id] = (before[0] + stake, before[1] + payout)
        return {selection_id: risk for selection_id, risk in sums.items() if risk != (0, 0)}

    def held(self, person: int) -> int:
        """What waits with a person's slips, where a free bet holds nothing of theirs, and what is on its way out."""
        waiting = [slip for slip in self.slips if slip.status == "pending_delay" and slip.person == person]
        stakes = sum(slip.remaining for slip in waiting if slip.token is None)
        return stakes + sum(one.amount for one in self.withdrawals if one.is_held and one.person == person)

    def paid_out(self) -> int:
        return sum(one.amount for one in self.withdrawals if one.status == "paid")

    def give_back(self, withdrawal: ModelWithdrawal, status: str) -> None:
        withdrawal.status = status
        self.wallets[withdrawal.person] += withdrawal.amount
