"""The script of any plan: which writer it belongs to, and what of it is left when a feed comes back."""

from collections.abc import Mapping
from typing import Any

from sports.core.fixtures import AnyPlan
from sports.core.match_clock import ClockReading
from sports.core.match_plan import MatchPlan
from sports.core.match_script import Step, remaining_steps, write_script
from sports.core.match_state import MatchState
from sports.core.sport_state import AnyState
from sports.core.timed_plan import TimedPlan, remaining_timed_steps, write_timed_script


def plan_from_document(document: Mapping[str, Any]) -> AnyPlan:
    """The plan kept beside an event."""
    if "moments" in document:
        return TimedPlan.from_document(document)
    return MatchPlan.from_document(document)  # type: ignore[arg-type]  # written by its own to_document


def script_of(plan: AnyPlan, *, minute_seconds: float) -> tuple[Step, ...]:
    """Every step of the event in order."""
    if isinstance(plan, TimedPlan):
        return write_timed_script(plan, minute_seconds=minute_seconds)
    return write_script(plan, minute_seconds=minute_seconds)


def remaining_script(
    plan: AnyPlan, *, minute_seconds: float, state: AnyState, recorded_refs: frozenset[str]
) -> tuple[float, tuple[Step, ...]]:
    """How far an event has come, in match minutes, and the steps it still needs."""
    script = script_of(plan, minute_seconds=minute_seconds)
    if isinstance(plan, TimedPlan):
        return remaining_timed_steps(script, state=state, recorded_refs=recorded_refs)
    assert isinstance(state, MatchState), "a match plan is football's"
    return remaining_steps(
        script,
        plan=plan,
        phase=state.phase,
        reading=ClockReading(state.minute, state.added),
        recorded_refs=recorded_refs,
    )
