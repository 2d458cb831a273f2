"""What a proposal of the desk asks for and would do, in words: whoever approves it reads names, not ids."""

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]


def word_results(results: Sequence[Document], names: Mapping[str, str]) -> list[str]:
    """A line for each selection of the market, `names` by id in their order; those without a result say so."""
    given = {str(one["selection_id"]): one for one in results}
    return [
        f"{name}: {_word_result(given[selection_id]) if selection_id in given else 'nothing is said'}"
        for selection_id, name in names.items()
    ]


def word_window(starts_at: str | None, ends_at: str | None) -> str:
    """Which bets a void covers."""
    if starts_at is None and ends_at is None:
        return "All bets"
    since = f" from {starts_at}" if starts_at else ""
    until = f" before {ends_at}" if ends_at else ""
    return f"Bets placed{since}{until}"


def word_deduction(percent: int, placed_before: str, withdrawn: str | None) -> str:
    """What Rule 4 takes off."""
    why = f"; {withdrawn} is withdrawn" if withdrawn else ""
    return f"{percent} % off the winnings of bets placed before {placed_before}{why}"


def word_preview(preview: Document, names: Mapping[str, str]) -> list[str]:
    """How the slips end and whose wallet would stand below zero; `names` of people by id."""
    outcomes: Mapping[str, int] = preview.get("outcomes", {})
    ends = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    return [
        f"Slips: {ends or 'none'}",
        *(
            f"{names.get(str(one['user_id']), one['user_id'])} would stand at {one['balance']} {one['currency']}"
            for one in preview.get("overdrawn", ())
        ),
    ]


def word_change(change: str, after: Document) -> str:
    """What a record of the desk says was done; of what can be done and undone, which of the two."""
    match change:
        case "switch":
            return "Betting stopped" if after["is_stopped"] else "Betting resumed"
        case "event_stop":
            return "Event suspended" if after["is_suspended"] else "Event resumed"
        case "market_stop":
            return "Market suspended" if after["status"] == "suspended" else "Market resumed"
        case "price_hold":
            return "Price held" if after["held_odds_milli"] else "Price released"
    return change.replace("_", " ").capitalize()


def _word_result(one: Document) -> str:
    words = str(one["result"])
    if one.get("void_halves") == 1:
        words += ", half of the stake void"
    words += _word_share(one.get("dead_heat_places", 1), one.get("dead_heat_tied", 1))
    if one.get("place_result"):
        words += f"; place {one['place_result']}"
        words += _word_share(one.get("place_dead_heat_places", 1), one.get("place_dead_heat_tied", 1))
    return words


def _word_share(places: int, tied: int) -> str:
    return "" if places == tied else f" ({places} shared by {tied})"
