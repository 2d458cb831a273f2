"""A strategy played through moments in the order they became known: ticks, closing prices, results and corrections.

The same code follows a live feed and replays a stored one, and bets are settled by the payout engine of real slips.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Final

from betting.core import payout
from betting.core.payout import LegOutcome, LegResult, SlipStatus
from betting.core.strategies.decide import Bet, Memory, Strategy, decide, pay, remember
from betting.core.strategies.ticks import Tick


@dataclass(frozen=True, slots=True)
class Worth:
    """What became of a selection; an empty outcome is no result, or none any more. `deductions` are (percent, for bets
    placed before); `cancelled` are windows whose bets are void, an open end being None.
    """

    outcome: LegOutcome
    void_halves: int = 0
    dead_heat_places: int = 1
    dead_heat_tied: int = 1
    deductions: tuple[tuple[int, datetime], ...] = ()
    cancelled: tuple[tuple[datetime | None, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """The last prices before play began, by selection, in thousandths."""

    event_id: str
    at: datetime
    odds_milli: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Results:
    """What results of an event's selections became known at one instant: the first ones, or a correction."""

    event_id: str
    at: datetime
    worth: Mapping[str, Worth]


Moment = Tick | Closing | Results

# What was known before a tick of the same instant comes before it.
_ORDER: Final[Mapping[type[Moment], int]] = {Results: 0, Closing: 1, Tick: 2}


@dataclass(slots=True)
class Played:
    """A bet and what has become of it so far. `closing_odds_milli` is for bets made before play began."""

    bet: Bet
    closing_odds_milli: int | None = None
    payout_minor: int | None = None
    status: SlipStatus | None = None

    @property
    def profit_minor(self) -> int:
        return 0 if self.payout_minor is None else self.payout_minor - self.bet.stake_minor


@dataclass(slots=True)
class BackTest:
    """A strategy on its way through the moments of a feed."""

    strategy: Strategy
    memory: Memory
    played: list[Played] = field(default_factory=list)
    equity: list[tuple[datetime, int]] = field(default_factory=list)
    _by_event: dict[str, list[Played]] = field(default_factory=dict)

    def see(self, moment: Moment) -> None:
        """The next moment. Moments come in the order of `in_order`."""
        if isinstance(moment, Tick):
            self._bet(moment)
        elif isinstance(moment, Closing):
            self._close(moment)
        else:
            self._settle(moment)

    def _bet(self, tick: Tick) -> None:
        for bet in decide(self.strategy, tick, self.memory):
            self.memory = remember(self.memory, bet)
            one = Played(bet)
            self.played.append(one)
            self._by_event.setdefault(bet.event_id, []).append(one)

    def _close(self, closing: Closing) -> None:
        for one in self._by_event.get(closing.event_id, ()):
            one.closing_odds_milli = closing.odds_milli.get(one.bet.selection_id)

    def _settle(self, results: Results) -> None:
        is_changed = False
        for one in self._by_event.get(results.event_id, ()):
            worth = results.worth.get(one.bet.selection_id)
            if worth is None:
                continue
            settled = settle_single(
                stake_minor=one.bet.stake_minor, odds_milli=one.bet.odds_milli, placed_at=one.bet.at, worth=worth
            )
            if settled is None and one.status is None:
                continue
            paid_before, profit_before = one.payout_minor or 0, one.profit_minor
            one.payout_minor = None if settled is None else settled.payout_minor
            one.status = None if settled is None else settled.status
            self.memory = pay(
                self.memory,
                paid_minor=(one.payout_minor or 0) - paid_before,
                profit_minor=one.profit_minor - profit_before,
            )
            is_changed = True
        if is_changed:
            self.equity.append((results.at, self.memory.realised_minor))


def run(strategy: Strategy, moments: Iterable[Moment]) -> BackTest:
    """The strategy played through all moments, in order."""
    test = BackTest(strategy, Memory.start(strategy.rules))
    for moment in in_order(moments):
        test.see(moment)
    return test


def in_order(moments: Iterable[Moment]) -> list[Moment]:
    """Moments as they became known; of one instant, results first and ticks last, then by event."""
    return sorted(moments, key=lambda moment: (moment.at, _ORDER[type(moment)], moment.event_id))


def settle_single(*, stake_minor: int, odds_milli: int, placed_at: datetime, worth: Worth) -> payout.Payout | None:
    """What a single pays, by the engine that settles slips; uncapped, since no house pays it. None while it is open:
    the selection has no result, or has it no more, and no window makes the bet void."""
    is_cancelled = any(
        (start is None or start <= placed_at) and (end is None or placed_at < end) for start, end in worth.cancelled
    )
    leg = LegResult(
        outcome="void" if is_cancelled else worth.outcome,
        odds_milli=odds_milli,
        void_halves=2 if is_cancelled else worth.void_halves,
        dead_heat_places=worth.dead_heat_places,
        dead_heat_tied=worth.dead_heat_tied,
        deductions=tuple(Fraction(percent, 100) for percent, before in worth.deductions if placed_at < before),
    )
    return payout.settle_slip(payout.SlipTerms(stake_minor), [leg])
