"""What a proposal asks for and would do, in words: exact lines."""

from typing import Any

import pytest

from betting.core.desk_words import word_change, word_deduction, word_preview, word_results, word_window

NAMES = {"a": "Ada", "b": "Ben", "c": "Cleo", "d": "Dora"}


def test_each_selection_has_a_line_in_the_order_of_the_market() -> None:
    results: list[dict[str, Any]] = [
        {
            "selection_id": "b",
            "result": "lost",
            "place_result": "won",
            "place_dead_heat_places": 1,
            "place_dead_heat_tied": 3,
        },
        {"selection_id": "a", "result": "won", "dead_heat_places": 1, "dead_heat_tied": 2, "place_result": "won"},
        {"selection_id": "d", "result": "won", "void_halves": 1, "place_result": None},
    ]

    assert word_results(results, NAMES) == [
        "Ada: won (1 shared by 2); place won",
        "Ben: lost; place won (1 shared by 3)",
        "Cleo: nothing is said",
        "Dora: won, half of the stake void",
    ]


def test_windows_and_deductions_name_their_borders() -> None:
    assert word_window(None, None) == "All bets"
    assert word_window("T1", None) == "Bets placed from T1"
    assert word_window("T1", "T2") == "Bets placed from T1 before T2"
    assert word_deduction(25, "T1", None) == "25 % off the winnings of bets placed before T1"
    assert word_deduction(25, "T1", "Ada") == "25 % off the winnings of bets placed before T1; Ada is withdrawn"


def test_a_preview_says_how_slips_end_and_who_would_owe() -> None:
    owing = [{"user_id": "a", "currency": "PLY", "balance": "-12.00"}]

    assert word_preview({"outcomes": {"won": 2, "lost": 1}, "overdrawn": owing}, NAMES) == [
        "Slips: 1 lost, 2 won",
        "Ada would stand at -12.00 PLY",
    ]
    assert word_preview({}, NAMES) == ["Slips: none"]


@pytest.mark.parametrize(
    ("change", "after", "words"),
    [
        ("switch", {"is_stopped": True}, "Betting stopped"),
        ("switch", {"is_stopped": False}, "Betting resumed"),
        ("event_stop", {"is_suspended": True}, "Event suspended"),
        ("event_stop", {"is_suspended": False}, "Event resumed"),
        ("market_stop", {"status": "suspended"}, "Market suspended"),
        ("market_stop", {"status": "active"}, "Market resumed"),
        ("price_hold", {"held_odds_milli": 2_500}, "Price held"),
        ("price_hold", {"held_odds_milli": None}, "Price released"),
        ("void_market_applied", {}, "Void market applied"),
    ],
)
def test_a_record_says_what_was_done_and_what_was_undone(change: str, after: dict[str, Any], words: str) -> None:
    assert word_change(change, after) == words
