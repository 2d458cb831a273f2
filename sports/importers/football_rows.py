"""One row of football results in the canonical column names, turned into a past match.

The canonical names are those of our own tables (`fthg`, `avg_h`, `psc_o25`); other layouts are renamed to them first.
A column may be absent or empty in any season: what is not there is simply not known.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Final

from sports.core.fixtures import PastMatch
from sports.core.market_keys import market_key
from sports.core.results import outcome_of
from sports.core.synthetic import season_label
from sports.importers.divisions import competition_of, team_of

Row = Mapping[str, Any]

BOOKMAKERS: Final = {
    "avg": "average",
    "max": "maximum",
    "ps": "pinnacle",
    "b365": "bet365",
    "bw": "bwin",
    "iw": "interwetten",
    "wh": "william_hill",
    "vc": "bet_victor",
    "lb": "ladbrokes",
    "avgc": "average_closing",
    "maxc": "maximum_closing",
    "psc": "pinnacle_closing",
    "b365c": "bet365_closing",
}
STATISTICS: Final = {
    "hs": "home_shots",
    "as": "away_shots",
    "hst": "home_shots_on_target",
    "ast": "away_shots_on_target",
    "hc": "home_corners",
    "ac": "away_corners",
    "hf": "home_fouls",
    "af": "away_fouls",
    "hy": "home_yellows",
    "ay": "away_yellows",
    "hr": "home_reds",
    "ar": "away_reds",
}
KICK_OFF: Final = time(15, 0, tzinfo=UTC)  # the sources give a day; the hour is the customary one


def past_match_of(row: Row) -> PastMatch | None:
    """The match of a canonical row, or None where it was not played."""
    home_goals, away_goals = whole_number(row.get("fthg")), whole_number(row.get("ftag"))
    if home_goals is None or away_goals is None or not row.get("home_team") or not row.get("away_team"):
        return None
    competition = competition_of(row["div"])
    home, away = str(row["home_team"]), str(row["away_team"])
    half_home, half_away = whole_number(row.get("hthg")), whole_number(row.get("htag"))
    half_time = {} if half_home is None or half_away is None else {"half_time": [half_home, half_away]}
    return PastMatch(
        source_ref=match_id_of(row),
        competition=competition,
        season=str(row.get("season") or season_of(row["date"])),
        played_at=datetime.combine(row["date"], KICK_OFF),
        home=team_of(home, competition.country),
        away=team_of(away, competition.country),
        home_goals=home_goals,
        away_goals=away_goals,
        outcome={"winner": outcome_of(home_goals, away_goals), **half_time},
        statistics=statistics_of(row),
        odds=odds_of(row),
    )


def match_id_of(row: Row) -> str:
    """The identity of a match: the one the row carries, else made of division, day and sides."""
    known = row.get("match_id")
    if known:
        return str(known)
    identity = f"{row['div']}|{row['date']:%Y-%m-%d}|{row['home_team']}|{row['away_team']}"
    return hashlib.sha1(identity.encode(), usedforsecurity=False).hexdigest()[:12]


def season_of(date: Any) -> str:
    """The season a day belongs to; seasons turn on the first of July."""
    return season_label(date.year if date.month >= 7 else date.year - 1)


def statistics_of(row: Row) -> dict[str, int]:
    """The counts that are known."""
    counts = {name: whole_number(row.get(column)) for column, name in STATISTICS.items()}
    return {name: count for name, count in counts.items() if count is not None}


def odds_of(row: Row) -> dict[str, dict[str, dict[str, int]]]:
    """Market key -> bookmaker -> outcome -> thousandths; a market counts only with all its outcomes."""
    odds: dict[str, dict[str, dict[str, int]]] = {}
    for prefix, bookmaker in BOOKMAKERS.items():
        line = decimal_number(row.get("ahc_line" if bookmaker.endswith("_closing") else "ah_line"))
        markets = [
            (market_key("1x2"), {"home": "h", "draw": "d", "away": "a"}),
            (market_key("over_under", total="2.5"), {"over": "o25", "under": "u25"}),
        ]
        if line is not None and line * 4 == int(line * 4):
            markets.append((market_key("asian_handicap", hcp=line), {"home": "ahh", "away": "aha"}))
        for key, columns in markets:
            prices = {outcome: odds_milli(row.get(f"{prefix}_{suffix}")) for outcome, suffix in columns.items()}
            known = {outcome: price for outcome, price in prices.items() if price is not None}
            if len(known) == len(columns):
                odds.setdefault(key, {})[bookmaker] = known
    return odds


def odds_milli(value: Any) -> int | None:
    """Decimal odds in thousandths, or None for nothing, zero, one and worse."""
    number = decimal_number(value)
    if number is None:
        return None
    milli = round(number * 1000)
    return milli if 1000 < milli < 10_000_000 else None


def whole_number(value: Any) -> int | None:
    """A count, or None where the cell is empty or no number."""
    number = decimal_number(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def decimal_number(value: Any) -> float | None:
    """A finite number, or None."""
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None
