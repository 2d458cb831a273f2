"""What people can earn, and when: a pure look at what they have done. Nothing here rewards staking more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

AchievementType = Literal[
    "first_slip_settled",
    "first_win",
    "first_accumulator_won",
    "long_shot",
    "full_cover_won",
    "pool_winner",
    "twenty_settled",
    "first_thread",
    "ten_replies",
]
LONG_SHOT_MILLI: Final = 10_000
FULL_COVER_TYPES: Final = frozenset(
    {"trixie", "patent", "yankee", "lucky15", "super_yankee", "lucky31", "heinz", "lucky63", "super_heinz", "goliath"}
)


@dataclass(frozen=True)
class Achievement:
    """What people read about one."""

    title: str
    description: str


ACHIEVEMENTS: Final[Mapping[AchievementType, Achievement]] = {
    "first_slip_settled": Achievement("Off the mark", "Your first slip was settled"),
    "first_win": Achievement("First win", "A slip of yours paid more than its stake"),
    "first_accumulator_won": Achievement("All of them", "You won an accumulator"),
    "long_shot": Achievement("Long shot", "You won a single at odds of 10.00 or more, each way aside"),
    "full_cover_won": Achievement("Covered", "A full-cover bet of yours paid more than its stake"),
    "pool_winner": Achievement("Pool winner", "You had a winning ticket in a pool"),
    "twenty_settled": Achievement("Regular", "Twenty slips of yours were settled"),
    "first_thread": Achievement("Conversation starter", "You opened your first thread"),
    "ten_replies": Achievement("In the conversation", "You wrote ten replies"),
}
REGULAR_SLIPS: Final = 20
TALKER_REPLIES: Final = 10


@dataclass(frozen=True)
class SettledSlip:
    """A settled slip as far as achievements depend on it. An each-way one is won by a place alone, too."""

    status: str
    bet_type: str
    odds_milli: int | None
    is_each_way: bool = False


def earned_by_slip(slip: SettledSlip, *, settled_slips: int) -> list[AchievementType]:
    """What a settled slip earns its owner, who now has so many of them."""
    earned: list[AchievementType] = ["first_slip_settled"]
    if settled_slips >= REGULAR_SLIPS:
        earned.append("twenty_settled")
    if slip.status != "won":
        return earned
    earned.append("first_win")
    if slip.bet_type == "accumulator":
        earned.append("first_accumulator_won")
    is_plain = slip.bet_type == "single" and not slip.is_each_way
    if is_plain and slip.odds_milli is not None and slip.odds_milli >= LONG_SHOT_MILLI:
        earned.append("long_shot")
    if slip.bet_type in FULL_COVER_TYPES:
        earned.append("full_cover_won")
    return earned
