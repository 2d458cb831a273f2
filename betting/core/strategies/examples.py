"""Worked examples of rules. The documentation shows them, a test parses them, a fresh installation runs them."""

from typing import Any, Final

VALUE_BEFORE_THE_MATCH: Final[dict[str, Any]] = {
    "version": 1,
    "bank": "1000.00",
    "markets": ["1x2"],
    "when": {
        "kind": "all",
        "of": [
            {"kind": "is", "fact": "phase", "values": ["scheduled"]},
            {"kind": "compare", "fact": "expected_value", "op": "at_least", "value": 0.03},
            {"kind": "between", "fact": "odds", "low": "1.50", "high": "4.00"},
        ],
    },
    "pick": "best",
    "staking": {"plan": "kelly", "fraction": "0.25", "cap_percent": "2", "probability": "model"},
    "limits": {"bets_per_event": 1, "bets_per_day": 20, "stake_max": "50.00", "stop_loss": "500.00"},
}
LATE_UNDER: Final[dict[str, Any]] = {
    "version": 1,
    "bank": "1000.00",
    "markets": ["over_under;total=2.5", "over_under;total=3.5"],
    "when": {
        "kind": "all",
        "of": [
            {"kind": "is", "fact": "outcome", "values": ["under"]},
            {"kind": "is", "fact": "phase", "values": ["second_half"]},
            {"kind": "between", "fact": "minute", "low": 60, "high": 80},
            {"kind": "compare", "fact": "total_score", "op": "at_most", "value": 2},
            {
                "kind": "any",
                "of": [
                    {"kind": "compare", "fact": "edge", "op": "above", "value": 0},
                    {
                        "kind": "compare",
                        "fact": "odds",
                        "op": "below",
                        "value": {"fact": "opening_odds", "times": 0.8},
                    },
                ],
            },
            {"kind": "not", "of": {"kind": "compare", "fact": "odds", "op": "below", "value": "1.20"}},
        ],
    },
    "pick": "best",
    "staking": {"plan": "target", "profit": "10.00"},
    "limits": {"bets_per_event": 1, "bets_per_day": 30, "stake_max": "40.00", "stop_loss": "300.00"},
}
FAVOURITES: Final[dict[str, Any]] = {
    "version": 1,
    "bank": "1000.00",
    "markets": ["1x2"],
    "when": {
        "kind": "all",
        "of": [
            {"kind": "is", "fact": "phase", "values": ["scheduled"]},
            {"kind": "is", "fact": "outcome", "values": ["home", "away"]},
            {"kind": "between", "fact": "odds", "low": "1.20", "high": "1.80"},
        ],
    },
    "pick": "all",
    "staking": {"plan": "flat", "amount": "5.00"},
    "limits": {"bets_per_event": 1, "bets_per_day": 50},
}
EXAMPLES: Final = (VALUE_BEFORE_THE_MATCH, LATE_UNDER, FAVOURITES)
