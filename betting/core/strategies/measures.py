"""What a series of bets was worth: return with an interval, drawdown, hit rate, closing-line value, calibration.

Bets of one event win and lose together, so the bootstrap draws events, not bets: intervals of single bets would be too
narrow. Its seed is part of the record; the same bets and seed give the same interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from betting.core.strategies.backtest import Played

RESAMPLES: Final = 2_000
RESAMPLES_AT_ONCE: Final = 200  # keeps the drawn indices of 5,000 events within 8 MB
INTERVAL: Final = (2.5, 97.5)  # percentiles: 95 %
EVENTS_FOR_INTERVAL: Final = 2  # one event says nothing about spread
BINS: Final = 10
EQUITY_POINTS_MAX: Final = 200  # as many as a chart on a phone has room for
DECIMALS: Final = 6

Equity = Sequence[tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class Bin:
    """Bets whose chance was said to lie in one tenth: the mean chance, and the share that won."""

    low: float
    high: float
    bets: int
    predicted: float
    won: float


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of all settled bets; None where nothing can be said. Money in minor units, the rest are ratios."""

    bets: int
    settled: int
    events: int
    staked_minor: int
    profit_minor: int
    roi: float | None
    roi_low: float | None
    roi_high: float | None
    hit_rate: float | None
    average_odds: float | None
    max_drawdown_minor: int
    max_drawdown: float
    longest_losing_run: int
    closing_line_value: float | None
    beat_the_close: float | None
    closing_line_bets: int
    calibration: tuple[Bin, ...]


def measure(
    played: Sequence[Played], equity: Sequence[tuple[datetime, int]], *, bank_minor: int, seed: int
) -> Measures:
    """The measures of a back-test or of a paper run. `equity` is the profit after each settlement, in order."""
    settled = [one for one in played if one.status is not None]
    staked = sum(one.bet.stake_minor for one in settled)
    profit = sum(one.profit_minor for one in settled)
    low, high = _interval(settled, seed)
    drawdown_minor, drawdown = _drawdown([value for _, value in equity], bank_minor)
    decided = [one for one in settled if one.status != "void"]
    closing = [one.bet.odds_milli / one.closing_odds_milli - 1.0 for one in played if one.closing_odds_milli]
    return Measures(
        bets=len(played),
        settled=len(settled),
        events=len({one.bet.event_id for one in settled}),
        staked_minor=staked,
        profit_minor=profit,
        roi=_rounded(profit / staked) if staked else None,
        roi_low=low,
        roi_high=high,
        hit_rate=_mean([one.status == "won" for one in decided]),
        average_odds=_mean([one.bet.odds_milli / 1_000 for one in played]),
        max_drawdown_minor=drawdown_minor,
        max_drawdown=_rounded(drawdown),
        longest_losing_run=_longest_run(decided),
        closing_line_value=_mean(closing),
        beat_the_close=_mean([value > 0.0 for value in closing]),
        closing_line_bets=len(closing),
        calibration=_calibration(decided),
    )


def thin_out(equity: Equity) -> list[tuple[datetime, int]]:
    """The curve in at most EQUITY_POINTS_MAX points; the last one is always there."""
    if len(equity) <= EQUITY_POINTS_MAX:
        return list(equity)
    step = -(-len(equity) // (EQUITY_POINTS_MAX - 1))
    return [*equity[:-1:step], equity[-1]]


def _interval(settled: Sequence[Played], seed: int) -> tuple[float | None, float | None]:
    sums: dict[str, list[int]] = {}
    for one in settled:
        event = sums.setdefault(one.bet.event_id, [0, 0])
        event[0] += one.profit_minor
        event[1] += one.bet.stake_minor
    if len(sums) < EVENTS_FOR_INTERVAL:
        return None, None
    totals = np.array(list(sums.values()), dtype=np.float64)
    generator = np.random.default_rng(seed)
    returns = []
    for _ in range(RESAMPLES // RESAMPLES_AT_ONCE):
        drawn = generator.integers(0, len(totals), size=(RESAMPLES_AT_ONCE, len(totals)), dtype=np.int32)
        profit, staked = totals[drawn, 0].sum(axis=1), totals[drawn, 1].sum(axis=1)
        returns.append(profit / staked)
    low, high = np.percentile(np.concatenate(returns), INTERVAL)
    return _rounded(float(low)), _rounded(float(high))


def _drawdown(profits: Sequence[int], bank_minor: int) -> tuple[int, float]:
    """The deepest fall from a peak of the bank, in money and as a share of that same peak."""
    peak, deepest, share = bank_minor, 0, 0.0
    for profit in profits:
        bank = bank_minor + profit
        peak = max(peak, bank)
        if peak - bank > deepest:
            deepest, share = peak - bank, (peak - bank) / peak
    return deepest, share


def _longest_run(decided: Sequence[Played]) -> int:
    longest = run = 0
    for one in decided:
        run = run + 1 if one.status == "lost" else 0
        longest = max(longest, run)
    return longest


def _calibration(decided: Sequence[Played]) -> tuple[Bin, ...]:
    """By what the model said, else the market."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in decided:
        chance = one.bet.model_millionths if one.bet.model_millionths is not None else one.bet.market_millionths
        if chance is not None:
            index = min(BINS - 1, chance * BINS // 1_000_000)
            bins.setdefault(index, []).append((chance / 1_000_000, one.status == "won"))
    return tuple(
        Bin(
            low=index / BINS,
            high=(index + 1) / BINS,
            bets=len(rows),
            predicted=_rounded(sum(chance for chance, _ in rows) / len(rows)),
            won=_rounded(sum(won for _, won in rows) / len(rows)),
        )
        for index, rows in sorted(bins.items())
    )


def _mean(values: Sequence[float]) -> float | None:
    return _rounded(sum(values) / len(values)) if values else None


def _rounded(value: float) -> float:
    return round(value, DECIMALS)
