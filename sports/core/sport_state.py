"""The states of all sports behind one door: which reducer a state belongs to, and how it is kept in a row.

A row has the columns every event shares and those of football; what other sports add stands in `details`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from sports.core import reducer
from sports.core.incidents import RecordedIncident
from sports.core.match_state import MatchState, format_clock
from sports.core.score_facts import ScoreFacts

AnyState = MatchState

_DETAILS: Final = ("half_time_goals", "scorers")


def apply(state: AnyState, incident: RecordedIncident) -> AnyState:
    """The state after `incident`; raises ImpossibleChange where it cannot have happened."""
    return reducer.apply(state, incident)


def resume(state: AnyState) -> AnyState:
    """The state with betting allowed again; a finished event stays stopped, an open one stays as it is."""
    return reducer.resume(state)


def facts_of(state: AnyState) -> ScoreFacts:
    """What the event so far decides."""
    return reducer.facts_of(state)


def score_text(state: AnyState) -> str:
    """The score as people read it."""
    return f"{state.home_goals}-{state.away_goals}"


def clock_text(state: AnyState) -> str:
    """The clock as people read it."""
    return format_clock(state)


def to_columns(state: AnyState) -> dict[str, Any]:
    """The state as the columns of a live state."""
    columns = asdict(state)
    details = {name: columns.pop(name) for name in _DETAILS}
    return {**columns, "details": details}


def from_columns(columns: Mapping[str, Any]) -> AnyState:
    """The state kept in these columns; `sport` says whose it is."""
    details = columns["details"]
    half = details.get("half_time_goals")
    return MatchState(
        phase=columns["phase"],
        minute=columns["minute"],
        added=columns["added"],
        home_goals=columns["home_goals"],
        away_goals=columns["away_goals"],
        home_reds=columns["home_reds"],
        away_reds=columns["away_reds"],
        home_yellows=columns["home_yellows"],
        away_yellows=columns["away_yellows"],
        incident_seq=columns["incident_seq"],
        is_betting_stopped=columns["is_betting_stopped"],
        stop_reason=columns["stop_reason"],
        half_time_goals=(half[0], half[1]) if half else None,
        scorers=tuple(details.get("scorers", ())),
    )
