"""What people read about patterns in their own slips."""

from typing import Any

from project.kit.schemas import Instant, Reply


class PatternReply(Reply):
    """One pattern and the numbers it comes from; the documentation lists the identifiers and their fields."""

    pattern_identifier: str
    description: dict[str, Any]
    detected_on: Instant


class PatternsReply(Reply):
    """Everything that shows in your slips; empty until some minutes after your first one."""

    patterns: list[PatternReply]
