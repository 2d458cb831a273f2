"""What people read above the prices and on the buttons, and the order in which they stand."""

from collections.abc import Callable, Mapping
from typing import Final

from betting.core.catalogue.kind import SORT_STEP, MarketKind
from sports.core.market_keys import MarketKey, parse_market_key

_ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd", 21: "21st", 22: "22nd", 23: "23rd"}
_LINE_OFFSET: Final = 100  # handicaps go down to minus this


def market_name(kind: MarketKind, key: MarketKey) -> str:
    """For example `Total goals 2.5`, `Set 1, game 4 winner`, `Top 3 finish`."""
    specifiers = dict(key.specifiers)
    match key.market_type:
        case "next_goal":
            number = int(specifiers["goal"])
            return f"{kind.name} ({_ORDINALS.get(number, f'{number}th')})"
        case "set_winner":
            return f"Set {specifiers['set']} winner"
        case "game_winner":
            return f"Set {specifiers['set']}, game {specifiers['game']} winner"
        case "quarter_result":
            return f"Quarter {specifiers['quarter']} result"
        case "top_finish":
            return f"Top {specifiers['places']} finish"
    if "total" in specifiers:
        return f"{kind.name} {specifiers['total']}"
    if "hcp" in specifiers:
        return f"{kind.name} {signed(specifiers['hcp'])}"
    return kind.name


def market_sort(kind: MarketKind, key: MarketKey) -> int:
    """Display order: by kind, then by line or number."""
    offset = 0.0
    for name, value in key.specifiers:
        match name:
            case "hcp":
                offset += (float(value) + _LINE_OFFSET) * 4
            case "total":
                offset += float(value) * 4
            case "set":
                offset += float(value) * 100
            case _:
                offset += float(value)
    return kind.sort * SORT_STEP + round(offset)


def selection_name(key: MarketKey, outcome: str, participants: Mapping[str, str]) -> str:
    """What stands on the button. `participants` are the names by outcome: home and away, or p1, p2, ..."""
    shape = _SHAPES.get(key.market_type)
    if shape is not None:
        return shape(outcome, participants)
    specifiers = dict(key.specifiers)
    if outcome in participants and "hcp" in specifiers:
        line = specifiers["hcp"] if outcome == "home" else opposite(specifiers["hcp"])
        return f"{participants[outcome]} {signed(line)}"
    if outcome in ("over", "under"):
        return f"{outcome.capitalize()} {specifiers['total']}"
    if outcome == "none":
        return "No goal"
    return participants.get(outcome) or _WORDS.get(outcome, outcome)


def signed(line: str) -> str:
    """A handicap with its sign; zero has none."""
    return line if line.startswith("-") or line == "0" else f"+{line}"


def opposite(line: str) -> str:
    """The other side's handicap."""
    if line == "0":
        return line
    return line[1:] if line.startswith("-") else f"-{line}"


def specifiers_of(key_text: str) -> dict[str, str]:
    return dict(parse_market_key(key_text).specifiers)


_WORDS: Final = {"draw": "Draw", "yes": "Yes", "no": "No"}


def _side(outcome: str, participants: Mapping[str, str]) -> str:
    return "Draw" if outcome == "draw" else participants[outcome]


def _double_chance(outcome: str, participants: Mapping[str, str]) -> str:
    first, second = outcome.split("_or_")
    return f"{_side(first, participants)} or {_side(second, participants).replace('Draw', 'draw')}"


def _half_and_full(outcome: str, participants: Mapping[str, str]) -> str:
    half, full = outcome.split("_")
    return f"{_side(half, participants)} / {_side(full, participants)}"


def _set_score(outcome: str, participants: Mapping[str, str]) -> str:
    home, away = outcome.split("-")
    winner = "home" if home > away else "away"
    return f"{participants[winner]} {max(home, away)}-{min(home, away)}"


def _correct_score(outcome: str, participants: Mapping[str, str]) -> str:
    if not outcome.startswith("other_"):
        return outcome
    side = outcome.removeprefix("other_")
    return "Any other draw" if side == "draw" else f"Any other {participants[side]} win"


_SHAPES: Final[Mapping[str, Callable[[str, Mapping[str, str]], str]]] = {
    "double_chance": _double_chance,
    "half_time_full_time": _half_and_full,
    "set_score": _set_score,
    "correct_score": _correct_score,
}
