"""The facts that rules may name: their kind and their meaning. The reference pages are made of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

# whole: an integer. ratio: a number. odds: a decimal string such as "1.85". text: one of several words.
FactKind = Literal["whole", "ratio", "odds", "text"]
NumberFact = Literal[
    "minute",
    "minutes_to_start",
    "home_score",
    "away_score",
    "total_score",
    "score_difference",
    "home_reds",
    "away_reds",
    "odds",
    "opening_odds",
    "outside_odds",
    "price_move",
    "outside_gap",
    "implied_probability",
    "market_probability",
    "model_probability",
    "edge",
    "expected_value",
    "line",
]
TextFact = Literal["sport", "phase", "market", "market_type", "outcome", "side_state"]
NUMBER_FACTS: Final[tuple[NumberFact, ...]] = get_args(NumberFact)
TEXT_FACTS: Final[tuple[TextFact, ...]] = get_args(TextFact)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its kind and its meaning in a sentence."""

    kind: FactKind
    meaning: str


FACTS: Final[Mapping[str, Fact]] = {
    "minute": Fact("whole", "The match minute; 0 before kick-off, 45 and 90 during stoppage time."),
    "minutes_to_start": Fact("whole", "Minutes of real time until the published start; negative after it."),
    "home_score": Fact("whole", "Goals, sets or points of the home side."),
    "away_score": Fact("whole", "Goals, sets or points of the away side."),
    "total_score": Fact("whole", "Both sides' scores together."),
    "score_difference": Fact("whole", "Home score less away score."),
    "home_reds": Fact("whole", "Red cards of the home side."),
    "away_reds": Fact("whole", "Red cards of the away side."),
    "odds": Fact("odds", "Our price of the selection now."),
    "opening_odds": Fact("odds", "The first price we had for it."),
    "outside_odds": Fact(
        "odds", "The best outside price at this instant; the market's of before the start counts until then."
    ),
    "price_move": Fact("ratio", "Our price against its opening: 0.1 is ten percent longer, -0.1 ten percent shorter."),
    "outside_gap": Fact("ratio", "Our price against the best outside one: 0.05 is five percent better here."),
    "implied_probability": Fact("ratio", "One divided by our price, margin included."),
    "market_probability": Fact("ratio", "The market's chance of the selection without its margin."),
    "model_probability": Fact("ratio", "The model's chance of the selection, as it was known then."),
    "edge": Fact("ratio", "Model probability less market probability."),
    "expected_value": Fact("ratio", "Model probability times our price, less one: the gain expected for each unit."),
    "line": Fact("ratio", "The line of a total, such as 2.5; of a handicap the home side's, whichever side is backed."),
    "sport": Fact("text", "football, tennis, basketball or outright."),
    "phase": Fact("text", "scheduled, first_half, half_time, second_half, playing, break or completed."),
    "market": Fact("text", "The market's whole key, such as over_under;total=2.5."),
    "market_type": Fact("text", "The market's type, such as over_under."),
    "outcome": Fact("text", "The outcome, such as home, draw, over or yes."),
    "side_state": Fact("text", "leading, level or trailing for a selection that names a side, else none."),
}
