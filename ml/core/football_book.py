"""Every football market that is sold, from one grid: the fixed ones, Asian lines around what is expected, the halves.

Where a line can push, the chance is the one that makes a bet fair at odds of its inverse: halves of the stake that are
given back do not count. Lines are counted in whole quarters of a goal.
"""

from collections.abc import Iterable
from functools import lru_cache
from operator import mul
from typing import Final

from ml.core.goal_rates import GoalRates
from ml.core.half_time import RESULTS, half_and_full
from ml.core.inplay import TOTAL_LINES, GoalGrid, InPlayState, Prices, grid_of, price_grid, unders_to_come
from ml.core.minute_profile import FITTED, MinuteProfile
from sports.core.market_keys import InvalidMarketKey, MarketKey, parse_market_key

LINES_ASIDE: Final = 2  # so many quarters on each side of the expected line are opened
BALANCE_MIN: Final = 0.15  # lines that are further from even are not opened; those that are open stay
GOALS_AHEAD: Final = 3  # total lines reach so far above the goals scored

_HALF_AND_FULL: Final = tuple(tuple(f"{half}_{full}" for full in RESULTS) for half in RESULTS)


class FootballBook:
    """Prices one match in one state; sums of the grid that several lines share are made once."""

    def __init__(self, rates: GoalRates, state: InPlayState, profile: MinuteProfile = FITTED) -> None:
        self._state = state
        self._profile = profile
        self._grid: GoalGrid = grid_of(rates, state, profile)
        self._goals = state.home_goals + state.away_goals
        self._lead = state.home_goals - state.away_goals
        expected = self._grid.to_come.home + self._grid.to_come.away
        reach = max(int(TOTAL_LINES[-1]) - self._goals, GOALS_AHEAD, int(expected) + 2)
        self._unders = unders_to_come(self._grid, reach)
        self._above: dict[int, float] = {0: self._grid.home}
        self._levels: dict[int, float] = {0: self._grid.draw}

    def usual(self) -> Prices:
        """The markets that should be open in this state."""
        grid = self._grid
        prices = price_grid(grid, self._state, self._unders)
        prices["draw_no_bet"] = _fair(grid.home, grid.away, "home", "away")
        self._add_totals(prices)
        self._add_handicaps(prices)
        self._add_halves(prices)
        return prices

    def price(self, key: MarketKey) -> dict[str, float] | None:
        """One market with a line; None for any other, and where nothing can be said."""
        match key.market_type:
            case "over_under" | "asian_total":
                return self._total(_quarters(key.get("total")))
            case "asian_handicap":
                return self._handicap(_quarters(key.get("hcp")))
        return None

    def _add_totals(self, prices: Prices) -> None:
        for line in range(max(int(TOTAL_LINES[-1]) + 1, self._goals), self._goals + GOALS_AHEAD):
            prices[f"over_under;total={line}.5"] = self._total(4 * line + 2)
        expected = self._goals + self._grid.to_come.home + self._grid.to_come.away
        middle = round(4.0 * expected)
        for line in range(max(1, middle - LINES_ASIDE), middle + LINES_ASIDE + 1):
            if line % 4 == 2:  # the half lines are the market of total goals
                continue
            chances = self._total(line)
            if BALANCE_MIN <= chances["over"] <= 1.0 - BALANCE_MIN:
                prices[_total_key(line)] = chances

    def _add_handicaps(self, prices: Prices) -> None:
        expected = self._lead + self._grid.to_come.home - self._grid.to_come.away
        middle = round(-4.0 * expected)
        for line in range(middle - LINES_ASIDE, middle + LINES_ASIDE + 1):
            chances = self._handicap(line)
            if BALANCE_MIN <= chances["home"] <= 1.0 - BALANCE_MIN:
                prices[_handicap_key(line)] = chances

    def _add_halves(self, prices: Prices) -> None:
        joint = half_and_full(self._grid, self._state, self._profile)
        if joint is None:
            return
        if self._state.half_time is None:
            prices["half_result;half=1"] = {half: sum(row) for half, row in zip(RESULTS, joint, strict=True)}
        prices["half_time_full_time"] = {
            name: chance
            for names, row in zip(_HALF_AND_FULL, joint, strict=True)
            for name, chance in zip(names, row, strict=True)
        }

    def _total(self, line: int) -> dict[str, float]:
        over = under = 0.0
        for part in _parts(line):
            goals, is_between = divmod(part, 4)
            room = goals - self._goals
            at_most = self._under(room)
            over += 1.0 - at_most
            under += at_most if is_between else self._under(room - 1)
        return _fair(over, under, "over", "under")

    def _under(self, room: int) -> float:
        if room < 0:
            return 0.0
        if room >= len(self._unders):
            self._unders = unders_to_come(self._grid, room)
        return min(1.0, self._unders[room])

    def _handicap(self, line: int) -> dict[str, float]:
        home = away = 0.0
        for part in _parts(-line):
            lead, is_between = divmod(part, 4)
            above = self._lead_above(lead)
            home += above
            away += 1.0 - above - (0.0 if is_between else self._levels[lead])
        return _fair(home, away, "home", "away")

    def _lead_above(self, lead: int) -> float:
        """The chance that the home side wins by more than `lead`; also notes that it wins by exactly `lead`."""
        found = self._above.get(lead)
        if found is not None:
            return found
        if lead > 0:
            found = self._lead_above(lead - 1) - self._level(lead)
        else:
            found = self._lead_above(lead + 1) + self._levels[lead + 1]
            self._level(lead)
        found = self._above[lead] = min(1.0, max(0.0, found))
        return found

    def _level(self, lead: int) -> float:
        """The chance that the home side wins by exactly `lead`."""
        to_come = lead - self._lead
        of_home, of_away, shift = self._grid.of_home, self._grid.of_away, self._grid.shift
        if to_come >= 0:
            chance: float = sum(map(mul, of_home[to_come:], of_away))
        else:
            chance = sum(map(mul, of_home, of_away[-to_come:]))
        if shift and -1 <= to_come <= 1:
            chance += shift if to_come else -2.0 * shift
        self._levels[lead] = chance
        return chance


def price_book(
    rates: GoalRates, state: InPlayState, open_keys: Iterable[str] = (), profile: MinuteProfile = FITTED
) -> Prices:
    """The usual markets, and those of `open_keys` that have a line. All from one grid, so none disagree."""
    book = FootballBook(rates, state, profile)
    prices = book.usual()
    for key in open_keys:
        if key not in prices:
            chances = book.price(_parsed(key))
            if chances is not None:
                prices[key] = chances
    return prices


def _parts(line: int) -> tuple[int, ...]:
    """A quarter line is two half bets on the lines beside it."""
    return (line,) if line % 2 == 0 else (line - 1, line + 1)


def _fair(first: float, second: float, name: str, other: str) -> dict[str, float]:
    """Chances of what is won against what is lost; even where everything is given back."""
    first, second = max(0.0, first), max(0.0, second)
    total = first + second
    if total <= 0.0:
        return {name: 0.5, other: 0.5}
    chance = first / total
    return {name: chance, other: 1.0 - chance}


def _line_text(line: int) -> str:
    return f"{line / 4:g}"


@lru_cache(maxsize=1024)
def _total_key(line: int) -> str:
    return f"asian_total;total={_line_text(line)}"


@lru_cache(maxsize=1024)
def _handicap_key(line: int) -> str:
    return f"asian_handicap;hcp={_line_text(line)}"


@lru_cache(maxsize=4096)
def _parsed(key: str) -> MarketKey:
    return parse_market_key(key)


@lru_cache(maxsize=1024)
def _quarters(text: str) -> int:
    quarters = float(text) * 4
    if quarters != int(quarters):
        raise InvalidMarketKey(f"{text} is no line in quarters")
    return int(quarters)
