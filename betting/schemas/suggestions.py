"""What clients send and get about suggested slips."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from betting.schemas.slips import BetTypeName
from project.kit.money import OddsIn, OddsOut
from project.kit.schemas import Command, Instant, Reply

LEGS_MAX = 8
SportName = Literal["football", "tennis", "basketball"]
FeedbackName = Literal["accepted", "ignored"]


class SuggestCommand(Command):
    """Wishes: how many legs, how much risk, which sports (null for all), and the longest total odds."""

    legs: Annotated[int, Field(strict=True, ge=1, le=LEGS_MAX)] = 1
    risk_appetite: Literal["cautious", "balanced", "bold"] = "balanced"
    sports: Annotated[list[SportName], Field(min_length=1, max_length=3)] | None = None
    max_odds: OddsIn | None = None
    is_in_play_included: Annotated[bool, Field(strict=True)] = True


class SuggestionFeedbackCommand(Command):
    """What became of it: ignored, or the slip that was placed of it."""

    feedback: FeedbackName
    slip_id: UUID | None = None


class SuggestedLeg(Reply):
    """One leg: pass `selection_id` and `odds` on to a slip. `reasons` explain it in words.

    `model` is the version that spoke, `insight_id` what it said.
    """

    selection_id: UUID
    event_id: UUID
    event_name: str
    market_name: str
    selection_name: str
    odds: OddsOut
    model_probability: float
    market_probability: float
    edge: float
    insight_id: UUID
    model: str
    reasons: list[str]


class SuggestionReply(Reply):
    """A suggested slip. `model_version` and `insight_used` are those of its strongest leg, the first.

    `chance` multiplies the model's chances of the legs; `note` says what a suggestion is and is not.
    """

    id: UUID
    generation_timestamp: Instant
    bet_type: BetTypeName
    odds: OddsOut
    chance: float
    legs: list[SuggestedLeg]
    model_version: str
    insight_used: UUID
    note: str
    feedback: FeedbackName | None
    slip_id: UUID | None
