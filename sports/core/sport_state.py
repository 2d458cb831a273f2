"""The states of all sports behind one door: which reducer a state belongs to, and how it is kept in a row.

A row has the columns every event shares and those of football; what other sports add stands in `details`.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from sports.core import reducer as football
from sports.core.basketball import reducer as basketball
from sports.core.basketball import state as basketball_state
from sports.core.basketball.state import BasketballState
from sports.core.incidents import ImpossibleChange, RecordedIncident
from sports.core.match_clock import ClockReading
from sports.core.match_state import MatchState, format_clock
from sports.core.outright import reducer as outright
from sports.core.outright import state as outright_state
from sports.core.outright.state import OutrightState
from sports.core.progress import GameClock, GamePoints, Progress, RunningOrder
from sports.core.score_facts import ScoreFacts
from sports.core.tennis import reducer as tennis
from sports.core.tennis import state as tennis_state
from sports.core.tennis.state import TennisState

AnyState = MatchState | TennisState | BasketballState | OutrightState

# What a source may say of an event that has not begun.
BEFORE_START: Final = frozenset({"withdrawal", "walkover"})
LASTING_STOPS: Final = frozenset({"interrupted", "abandoned", "postponed", "cancelled"})
_FOOTBALL_DETAILS: Final = ("half_time_goals", "scorers")


def apply(state: AnyState, incident: RecordedIncident) -> AnyState:
    """The state after `incident`; raises ImpossibleChange where it cannot have happened."""
    if incident.seq != state.incident_seq + 1:
        raise ImpossibleChange(f"incident {incident.seq} cannot follow {state.incident_seq}")
    match incident.incident_type:
        case "interruption" if state.phase not in ("scheduled", "completed"):
            changed: AnyState = replace(state, is_betting_stopped=True, stop_reason="interrupted")
        case "abandonment" if state.phase not in ("scheduled", "completed"):
            changed = replace(state, is_betting_stopped=True, stop_reason="abandoned")
        case "resumption" if state.stop_reason == "interrupted":
            changed = replace(state, is_betting_stopped=False, stop_reason="")
        case "interruption" | "resumption" | "abandonment":
            raise ImpossibleChange(f"{incident.incident_type} cannot happen in phase {state.phase}")
        case _:
            changed = _apply_in_play(state, incident)
    return replace(changed, incident_seq=incident.seq)


def progress(state: AnyState, made: Progress) -> AnyState:
    """The state moved on without an incident; raises ImpossibleChange where that cannot be."""
    match state, made:
        case MatchState(), ClockReading(minute=minute, added=added):
            return football.advance(state, minute=minute, added=added)
        case TennisState(), GamePoints(home=home, away=away):
            return tennis.play_points(state, home=home, away=away)
        case BasketballState(), GameClock(seconds_left=seconds_left):
            return basketball.run_clock(state, seconds_left=seconds_left)
        case OutrightState(), RunningOrder(order=order, gaps=gaps, progress=percent):
            return outright.run_on(state, order=order, gaps=gaps, progress=percent)
        case _:
            raise ImpossibleChange(f"{type(made).__name__} says nothing about {state.sport}")


def progress_of(state: AnyState) -> Progress:
    """How far the state has come between its incidents."""
    match state:
        case MatchState():
            return ClockReading(state.minute, state.added)
        case TennisState():
            return GamePoints(state.home_points, state.away_points)
        case BasketballState():
            return GameClock(state.seconds_left)
        case OutrightState():
            return RunningOrder(state.order, state.gaps, state.progress)


def initial_state(sport: str, *, runners: int = 2) -> AnyState:
    """The state before the start; `runners` is the field of an outright event."""
    match sport:
        case "football":
            return MatchState()
        case "tennis":
            return TennisState()
        case "basketball":
            return BasketballState()
        case "outright":
            return OutrightState(runners=runners)
    raise ValueError(f"no state is known for {sport!r}")


def resume(state: AnyState) -> AnyState:
    """The state with betting allowed again; it stays stopped for reasons that only another fact can end."""
    if state.phase == "completed" or not state.is_betting_stopped or state.stop_reason in LASTING_STOPS:
        return state
    return replace(state, is_betting_stopped=False, stop_reason="")


def facts_of(state: AnyState) -> ScoreFacts:
    """What the event so far decides."""
    match state:
        case MatchState():
            return football.facts_of(state)
        case TennisState():
            return tennis.facts_of(state)
        case BasketballState():
            return basketball.facts_of(state)
        case OutrightState():
            return outright.facts_of(state)


def without_progress(state: AnyState) -> AnyState:
    """The part of a state that incidents alone decide: what must be equal between replay and live."""
    match state:
        case MatchState():
            return football.without_clock(state)
        case TennisState():
            return tennis.without_progress(state)
        case BasketballState():
            return basketball.without_progress(state)
        case OutrightState():
            return outright.without_progress(state)


def score_text(state: AnyState, names: Mapping[str, str] | None = None) -> str:
    """The whole score as people read it; of a race by the `names` of its outcomes where they are given."""
    match state:
        case TennisState():
            return tennis_state.score_text(state)
        case OutrightState():
            return outright_state.score_text(state, names)
        case MatchState() | BasketballState():
            home, away = state.headline
            return f"{home}-{away}"


def clock_text(state: AnyState) -> str:
    """The clock as people read it."""
    match state:
        case MatchState():
            return format_clock(state)
        case TennisState():
            return tennis_state.clock_text(state)
        case BasketballState():
            return basketball_state.clock_text(state)
        case OutrightState():
            return outright_state.clock_text(state)


def to_columns(state: AnyState) -> dict[str, Any]:
    """The state as the columns of a live state."""
    if isinstance(state, MatchState):
        columns = asdict(state)
        details = {name: columns.pop(name) for name in _FOOTBALL_DETAILS}
        return {**columns, "details": details}
    home, away = state.headline
    return {
        "phase": state.phase,
        "minute": state.minute if isinstance(state, BasketballState) else 0,
        "home_goals": home,
        "away_goals": away,
        "incident_seq": state.incident_seq,
        "is_betting_stopped": state.is_betting_stopped,
        "stop_reason": state.stop_reason,
        "details": state.to_details(),
    }


def from_columns(columns: Mapping[str, Any]) -> AnyState:
    """The state kept in these columns; `sport` says whose it is."""
    match columns["sport"]:
        case "football":
            return _football_from(columns)
        case "tennis":
            return TennisState.from_columns(columns)
        case "basketball":
            return BasketballState.from_columns(columns)
        case "outright":
            return OutrightState.from_columns(columns)
    raise ValueError(f"no state is known for {columns['sport']!r}")


def _apply_in_play(state: AnyState, incident: RecordedIncident) -> AnyState:
    match state:
        case MatchState():
            return football.apply(state, incident)
        case TennisState():
            return tennis.apply(state, incident)
        case BasketballState():
            return basketball.apply(state, incident)
        case OutrightState():
            return outright.apply(state, incident)


def _football_from(columns: Mapping[str, Any]) -> MatchState:
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
