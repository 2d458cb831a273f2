"""Prices many matches at once with numpy; every number equals what `inplay.price_event` gives for the match alone.

Arrays have goals or outcomes first and matches last, so that each step runs over contiguous matches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ml.core.goal_rates import GOALS_MAX, GoalRates
from ml.core.inplay import (
    AHEAD,
    AHEAD_LATE,
    LATE_MINUTE,
    MORE_BEHIND,
    ONE_BEHIND,
    OPPONENT_RED,
    OVER_UNDER_KEYS,
    OWN_RED,
    RATE_MAX,
    REDS_MAX,
    SCORE_MAX,
    SCORE_NAMES,
    TOTAL_LINES,
    InPlayState,
    Prices,
)
from ml.core.minute_profile import FITTED, MinuteProfile

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_GOALS: Final = np.arange(GOALS_MAX + 1)
_DIVISORS: Final = np.arange(1, GOALS_MAX + 1, dtype=np.float64)[:, None]
_LISTED: Final = np.arange(SCORE_MAX + 1)
_LINES: Final = np.array([int(line) for line in TOTAL_LINES])
_LEADS: Final = (_LISTED[:, None] - _LISTED).ravel()
_BY_RESULT: Final = (_LEADS > 0, _LEADS == 0, _LEADS < 0)


@dataclass(frozen=True)
class MatchBatch:
    """One value per match. `share` is the part of the goals still to come by the minute profile."""

    home_rate: Floats
    away_rate: Floats
    correlation: Floats
    share: Floats
    minute: Integers
    home_goals: Integers
    away_goals: Integers
    home_reds: Integers
    away_reds: Integers

    @classmethod
    def of(cls, matches: Sequence[tuple[GoalRates, InPlayState]], profile: MinuteProfile = FITTED) -> Self:
        rows = [
            (
                rates.home,
                rates.away,
                rates.correlation,
                profile.remaining(state.phase, state.minute, state.added),
                state.minute,
                state.home_goals,
                state.away_goals,
                state.home_reds,
                state.away_reds,
            )
            for rates, state in matches
        ]
        columns = np.array(rows, dtype=np.float64).reshape(len(rows), 9).T
        whole = columns[4:].astype(np.int64)
        return cls(columns[0], columns[1], columns[2], columns[3], whole[0], whole[1], whole[2], whole[3], whole[4])


@dataclass(frozen=True)
class PriceTable:
    """The chances of a batch: `results` home, draw, away; `over` by total line; `next_goal` home, away, none;
    `scores` in the order of `SCORE_NAMES`; `other_scores` home, draw, away.
    """

    results: Floats
    over: Floats
    next_goal: Floats
    both_to_score: Floats
    scores: Floats
    other_scores: Floats
    goals: Integers

    def prices(self, index: int) -> Prices:
        """One match's chances by market key, as `price_event` returns them."""
        home, draw, away = self.results[:, index].tolist()
        yes = float(self.both_to_score[index])
        scores = dict(zip(SCORE_NAMES, self.scores[:, index].tolist(), strict=True))
        others = zip(("other_home", "other_draw", "other_away"), self.other_scores[:, index].tolist(), strict=True)
        prices: Prices = {
            "1x2": {"home": home, "draw": draw, "away": away},
            "double_chance": {"home_or_draw": 1.0 - away, "home_or_away": 1.0 - draw, "draw_or_away": 1.0 - home},
            f"next_goal;goal={int(self.goals[index]) + 1}": dict(
                zip(("home", "away", "none"), self.next_goal[:, index].tolist(), strict=True)
            ),
            "both_to_score": {"yes": yes, "no": 1.0 - yes},
            "correct_score": {**scores, **dict(others)},
        }
        for key, over in zip(OVER_UNDER_KEYS, self.over[:, index].tolist(), strict=True):
            prices[key] = {"over": over, "under": 1.0 - over}
        return prices


def price_events(batch: MatchBatch) -> PriceTable:
    """The chances of every outcome of every match of the batch."""
    lead = batch.home_goals - batch.away_goals
    home, away = _goals_to_come(batch, lead)
    of_home, of_away = _poisson_weights(home), _poisson_weights(away)
    shift = _correlation_shift(np.where(lead == 0, batch.correlation, 0.0), home, away, of_home, of_away)
    results = _results(of_home, of_away, lead, shift)
    scores, other_scores = _correct_scores(results, of_home, of_away, batch, shift)
    goals = batch.home_goals + batch.away_goals
    none = of_home[0] * of_away[0] - shift
    return PriceTable(
        results=results,
        over=_totals(home + away, goals, none, shift),
        next_goal=_next_goal(home, away, none),
        both_to_score=_both_to_score(of_home[0], of_away[0], batch, shift),
        scores=scores,
        other_scores=other_scores,
        goals=goals,
    )


def _goals_to_come(batch: MatchBatch, lead: Integers) -> tuple[Floats, Floats]:
    ahead = np.where(batch.minute > LATE_MINUTE, AHEAD_LATE, AHEAD)
    home = batch.home_rate * batch.share * _score_factor(lead, ahead)
    away = batch.away_rate * batch.share * _score_factor(-lead, ahead)
    if batch.home_reds.any() or batch.away_reds.any():
        home_reds, away_reds = np.minimum(batch.home_reds, REDS_MAX), np.minimum(batch.away_reds, REDS_MAX)
        home = home * (OWN_RED**home_reds * OPPONENT_RED**away_reds)
        away = away * (OWN_RED**away_reds * OPPONENT_RED**home_reds)
    return np.minimum(home, RATE_MAX), np.minimum(away, RATE_MAX)


def _score_factor(lead: Integers, ahead: Floats) -> Floats:
    behind = np.where(lead == -1, ONE_BEHIND, MORE_BEHIND)
    return np.where(lead == 0, 1.0, np.where(lead < 0, behind, ahead))


def _poisson_weights(rate: Floats) -> Floats:
    weights = np.empty((GOALS_MAX + 1, len(rate)))
    weights[0] = 1.0
    np.divide(rate, _DIVISORS, out=weights[1:])
    np.multiply.accumulate(weights, axis=0, out=weights)
    weights /= weights.sum(axis=0)
    return weights


def _correlation_shift(correlation: Floats, home: Floats, away: Floats, of_home: Floats, of_away: Floats) -> Floats:
    both_none = of_home[0] * of_away[0]
    lowest = -np.minimum(of_home[1] * of_away[0], of_home[0] * of_away[1])
    highest = np.minimum(both_none, of_home[1] * of_away[1])
    shift = np.clip(correlation * home * away * both_none, lowest, highest)
    return np.where(correlation == 0.0, 0.0, shift)


def _results(of_home: Floats, of_away: Floats, lead: Integers, shift: Floats) -> Floats:
    """The away side's distribution is read at an offset of `lead`: zeros before it, its end value after it."""
    count = of_home.shape[1]
    reached = np.zeros((3 * GOALS_MAX + 4, count))
    np.cumsum(of_away, axis=0, out=reached[GOALS_MAX + 2 : 2 * GOALS_MAX + 3])
    reached[2 * GOALS_MAX + 3 :] = reached[2 * GOALS_MAX + 2]
    start = (np.clip(lead, -GOALS_MAX - 1, GOALS_MAX + 1) + GOALS_MAX + 1) * count + np.arange(count)
    below = reached.ravel()[start + _GOALS[:, None] * count]
    upto = reached.ravel()[start + (_GOALS[:, None] + 1) * count]
    home = np.einsum("ij,ij->j", of_home, below)
    draw = np.einsum("ij,ij->j", of_home, upto) - home
    is_level = lead == 0
    home = np.clip(home + np.where(is_level, shift, 0.0), 0.0, 1.0)
    draw = np.clip(draw - np.where(is_level, 2.0 * shift, 0.0), 0.0, 1.0 - home)
    return np.stack([home, draw, 1.0 - home - draw])


def _next_goal(home: Floats, away: Floats, none: Floats) -> Floats:
    both = home + away
    first = (1.0 - none) * np.divide(home, both, out=np.zeros_like(both), where=both > 0.0)
    return np.stack([first, np.maximum(0.0, 1.0 - none - first), none])


def _both_to_score(home_none: Floats, away_none: Floats, batch: MatchBatch, shift: Floats) -> Floats:
    home_scores = np.where(batch.home_goals > 0, 1.0, 1.0 - home_none)
    away_scores = np.where(batch.away_goals > 0, 1.0, 1.0 - away_none)
    is_goalless = (batch.home_goals == 0) & (batch.away_goals == 0)
    return home_scores * away_scores - np.where(is_goalless, shift, 0.0)


def _correct_scores(
    results: Floats, of_home: Floats, of_away: Floats, batch: MatchBatch, shift: Floats
) -> tuple[Floats, Floats]:
    home_chances, home_signs = _listed(of_home, batch.home_goals)
    away_chances, away_signs = _listed(of_away, batch.away_goals)
    chances = home_chances[:, None] * away_chances
    if shift.any():
        chances -= (shift * home_signs)[:, None] * away_signs
    flat = chances.reshape(len(SCORE_NAMES), -1)
    listed = np.stack([flat[at].sum(axis=0) for at in _BY_RESULT])
    return flat, np.maximum(0.0, results - listed)


def _listed(weights: Floats, goals: Integers) -> tuple[Floats, Floats]:
    """The chances of ending on 0..SCORE_MAX goals, and the signs +1, -1 where 0 and 1 more are needed."""
    needed = _LISTED[:, None] - goals
    is_possible = needed >= 0
    chances = np.where(is_possible, np.take_along_axis(weights, np.maximum(needed, 0), axis=0), 0.0)
    return chances, np.where(needed == 0, 1.0, np.where(needed == 1, -1.0, 0.0))


def _totals(both: Floats, goals: Integers, none: Floats, shift: Floats) -> Floats:
    """Chances of more than each line; the goals still to come are Poisson, the correlation moves 0, 1 and 2 of them."""
    lines = len(_LINES)
    weights = np.empty((lines, len(both)))
    weights[0] = none + shift
    np.divide(both, _DIVISORS[: lines - 1], out=weights[1:])
    np.multiply.accumulate(weights, axis=0, out=weights)
    under = np.cumsum(weights, axis=0)
    under[0] -= shift
    under[1] += shift
    room = _LINES[:, None] - goals
    found = np.take_along_axis(under, np.maximum(room, 0), axis=0)
    return np.where(room < 0, 1.0, np.maximum(0.0, 1.0 - found))
