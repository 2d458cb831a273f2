"""The markets this house opens on a football match: keys, names, order, margins, and whose prices are charted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sports.core.market_keys import MarketKey, market_key, parse_market_key

MarketGroup = Literal["main", "goals", "score"]

TOTAL_LINES: Final = ("0.5", "1.5", "2.5", "3.5", "4.5", "5.5")


@dataclass(frozen=True)
class MarketKind:
    """What all markets of one type share. `stake_percent` scales the highest stake: thin markets take less."""

    name: str
    group: MarketGroup
    sort: int
    overround: float
    is_charted: bool
    stake_percent: int = 100


KINDS: Final[Mapping[str, MarketKind]] = {
    "1x2": MarketKind("Full-time result", "main", 100, 0.05, is_charted=True),
    "next_goal": MarketKind("Next goal", "main", 200, 0.06, is_charted=False, stake_percent=50),
    "over_under": MarketKind("Total goals", "goals", 300, 0.05, is_charted=True),
    "both_to_score": MarketKind("Both teams to score", "goals", 400, 0.05, is_charted=True),
    "correct_score": MarketKind("Correct score", "score", 500, 0.15, is_charted=False, stake_percent=20),
}

_FIXED_KEYS: Final = (
    market_key("1x2"),
    *(market_key("over_under", total=line) for line in TOTAL_LINES),
    market_key("both_to_score"),
    market_key("correct_score"),
)
_GOAL_ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd"}


def market_keys(goals_scored: int) -> tuple[str, ...]:
    """The keys that should be open at a score; the next goal is a market of its own for each number of goals."""
    return (*_FIXED_KEYS, next_goal_key(goals_scored))


def next_goal_key(goals_scored: int) -> str:
    return f"next_goal;goal={goals_scored + 1}"


def market_name(key: MarketKey) -> str:
    """What people read above the prices, for example `Total goals 2.5`."""
    name = KINDS[key.market_type].name
    match key.market_type:
        case "over_under":
            return f"{name} {key.get('total')}"
        case "next_goal":
            number = int(key.get("goal"))
            return f"{name} ({_GOAL_ORDINALS.get(number, f'{number}th')})"
    return name


def market_sort(key: MarketKey) -> int:
    """Display order: by type, then by line or number."""
    offset = 0
    if key.market_type == "over_under":
        offset = round(float(key.get("total")) * 4)
    elif key.market_type == "next_goal":
        offset = int(key.get("goal"))
    return KINDS[key.market_type].sort + offset


def selection_name(market_type: str, specifiers: Mapping[str, str], outcome: str, *, home: str, away: str) -> str:
    """What people read on the button, for example `Over 2.5` or the team's name."""
    names = {
        "home": home,
        "away": away,
        "draw": "Draw",
        "none": "No goal" if market_type == "next_goal" else "None",
        "over": f"Over {specifiers.get('total', '')}",
        "under": f"Under {specifiers.get('total', '')}",
        "yes": "Yes",
        "no": "No",
        "other_home": f"Any other {home} win",
        "other_draw": "Any other draw",
        "other_away": f"Any other {away} win",
    }
    return names.get(outcome, outcome)


def specifiers_of(key_text: str) -> dict[str, str]:
    return dict(parse_market_key(key_text).specifiers)
