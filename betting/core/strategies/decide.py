"""What a strategy bets at one tick: a pure function of the tick and of what the strategy remembers of earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self

from betting.core.strategies.conditions import Test, compile_condition
from betting.core.strategies.language import CURRENCY, Rules
from betting.core.strategies.staking import find_stake
from betting.core.strategies.ticks import Offer, Tick, expected_value
from project.kit.money import parse_minor


@dataclass(frozen=True)
class Strategy:
    """Rules ready to run."""

    rules: Rules
    holds: Test
    markets: frozenset[str]
    stop_loss_minor: int | None

    @classmethod
    def of(cls, rules: Rules) -> Self:
        stop_loss = rules.limits.stop_loss
        return cls(
            rules=rules,
            holds=compile_condition(rules.when),
            markets=frozenset(rules.markets),
            stop_loss_minor=None if stop_loss is None else parse_minor(stop_loss, CURRENCY),
        )


@dataclass(frozen=True, slots=True)
class Bet:
    """One decision. Everything it was made by is kept with it."""

    event_id: str
    selection_id: str
    market_key: str
    outcome: str
    at: datetime
    phase: str
    minute: int
    odds_milli: int
    stake_minor: int
    market_millionths: int | None
    model_millionths: int | None


@dataclass(frozen=True)
class Memory:
    """What a strategy remembers: its money, and what it has bet on events that are not over.

    `bank_minor` is free to be staked; stakes of open bets have left it. `realised_minor` is the profit of settled ones.
    """

    bank_minor: int
    realised_minor: int = 0
    day: date | None = None
    bets_today: int = 0
    bets_by_event: Mapping[str, int] = field(default_factory=dict)
    selections: frozenset[str] = frozenset()

    @classmethod
    def start(cls, rules: Rules) -> Self:
        return cls(bank_minor=parse_minor(rules.bank, CURRENCY))


def decide(strategy: Strategy, tick: Tick, memory: Memory) -> tuple[Bet, ...]:
    """The bets of this tick, in the order of market and outcome. Each selection is backed at most once.

    Nobody bets while betting is stopped, after the end, or once the stop-loss is reached.
    """
    if tick.is_stopped or tick.phase == "completed" or _is_stopped_out(strategy, memory):
        return ()
    bets: list[Bet] = []
    for offer in _wanted(strategy, tick, memory):
        bet = _bet(strategy, tick, offer, memory)
        if bet is not None:
            bets.append(bet)
            memory = remember(memory, bet)
    return tuple(bets)


def remember(memory: Memory, bet: Bet) -> Memory:
    """The memory after a bet."""
    day = bet.at.date()
    return replace(
        memory,
        bank_minor=memory.bank_minor - bet.stake_minor,
        day=day,
        bets_today=1 + (memory.bets_today if memory.day == day else 0),
        bets_by_event={**memory.bets_by_event, bet.event_id: memory.bets_by_event.get(bet.event_id, 0) + 1},
        selections=memory.selections | {bet.selection_id},
    )


def pay(memory: Memory, *, paid_minor: int, profit_minor: int) -> Memory:
    """The memory after a settlement paid so much, or took it back by a correction, for this change of profit."""
    return replace(
        memory, bank_minor=memory.bank_minor + paid_minor, realised_minor=memory.realised_minor + profit_minor
    )


def _is_stopped_out(strategy: Strategy, memory: Memory) -> bool:
    return strategy.stop_loss_minor is not None and -memory.realised_minor >= strategy.stop_loss_minor


def _wanted(strategy: Strategy, tick: Tick, memory: Memory) -> Sequence[Offer]:
    matching = [
        offer
        for offer in sorted(tick.offers, key=lambda one: (one.market_key, one.outcome))
        if (offer.market_key in strategy.markets or offer.market_type in strategy.markets)
        and offer.selection_id not in memory.selections
        and strategy.holds(tick, offer) is True
    ]
    if strategy.rules.pick == "all" or not matching:
        return matching
    return [max(matching, key=_value)]


def _value(offer: Offer) -> tuple[bool, int]:
    """Known values first; of equals `max` keeps the first."""
    value = expected_value(offer)
    return (value is not None, value or 0)


def _bet(strategy: Strategy, tick: Tick, offer: Offer, memory: Memory) -> Bet | None:
    limits = strategy.rules.limits
    if memory.bets_by_event.get(tick.event_id, 0) >= limits.bets_per_event:
        return None
    if memory.day == tick.at.date() and memory.bets_today >= limits.bets_per_day:
        return None
    stake_minor = find_stake(strategy.rules, offer, sport=tick.sport, bank_minor=memory.bank_minor)
    if stake_minor == 0:
        return None
    return Bet(
        event_id=tick.event_id,
        selection_id=offer.selection_id,
        market_key=offer.market_key,
        outcome=offer.outcome,
        at=tick.at,
        phase=tick.phase,
        minute=tick.minute,
        odds_milli=offer.odds_milli,
        stake_minor=stake_minor,
        market_millionths=offer.market_millionths,
        model_millionths=offer.model_millionths,
    )
