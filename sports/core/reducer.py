"""The pure reducer: match state + fact -> match state. Replaying the stored incidents gives the live state again."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sports.core.incidents import ImpossibleChange, RecordedIncident
from sports.core.match_state import FOOTBALL_TYPES, STOP_REASONS, MatchState, Phase
from sports.core.results import outcome_of
from sports.core.score_facts import ScoreFacts

__all__ = ["ImpossibleChange", "advance", "apply", "facts_of", "replay", "resume", "without_clock"]

MINUTE_MAX: Final = 130  # extra time ends at 120; the rest is room for its stoppage
ADDED_MAX: Final = 30  # the longest stoppage on record is well below it


# phase changes: incident type -> (phase it needs, phase it leads to, minute it sets)
_PHASE_CHANGES: Final[dict[str, tuple[Phase, Phase, int]]] = {
    "kick_off": ("scheduled", "first_half", 0),
    "half_time": ("first_half", "half_time", 45),
    "second_half": ("half_time", "second_half", 45),
    "full_time": ("second_half", "completed", 90),
}


def apply(state: MatchState, incident: RecordedIncident) -> MatchState:
    """The state after `incident`; raises ImpossibleChange where it cannot have happened."""
    if incident.seq != state.incident_seq + 1:
        raise ImpossibleChange(f"incident {incident.seq} cannot follow {state.incident_seq}")
    if not (0 <= incident.minute <= MINUTE_MAX and 0 <= incident.added <= ADDED_MAX):
        raise ImpossibleChange(f"minute {incident.minute}+{incident.added} does not exist")
    if incident.incident_type not in FOOTBALL_TYPES:
        raise ImpossibleChange(f"{incident.incident_type} does not happen in football")
    change = _PHASE_CHANGES.get(incident.incident_type)
    changed = _change_phase(state, incident, change) if change else _count(state, incident)
    reason = STOP_REASONS.get(incident.incident_type)
    if reason is None:
        return replace(changed, incident_seq=incident.seq)
    return replace(changed, incident_seq=incident.seq, is_betting_stopped=True, stop_reason=reason)


def advance(state: MatchState, *, minute: int, added: int) -> MatchState:
    """The state at a later minute; the same state if the clock is already there or further."""
    if not state.is_playing:
        raise ImpossibleChange(f"the clock does not run in phase {state.phase}")
    if not (0 <= minute <= MINUTE_MAX and 0 <= added <= ADDED_MAX):
        raise ImpossibleChange(f"minute {minute}+{added} does not exist")
    later_minute, later_added = max((state.minute, state.added), (minute, added))
    return replace(state, minute=later_minute, added=later_added)


def resume(state: MatchState) -> MatchState:
    """The state with betting allowed again; a finished match stays stopped, an open one stays as it is."""
    if state.phase == "completed" or not state.is_betting_stopped:
        return state
    return replace(state, is_betting_stopped=False, stop_reason="")


def replay(incidents: Iterable[RecordedIncident]) -> MatchState:
    """The state that the stored incidents of one event lead to, without clock ticks and resumptions."""
    state = MatchState()
    for incident in incidents:
        state = apply(state, incident)
    return state


def without_clock(state: MatchState) -> MatchState:
    """The part of a state that incidents alone decide: what must be equal between replay and live."""
    return replace(state, minute=0, added=0, is_betting_stopped=False, stop_reason="")


def facts_of(state: MatchState) -> ScoreFacts:
    """What the match so far decides; goals per half once a half is over."""
    score = (state.home_goals, state.away_goals)
    half = state.half_time_goals
    is_over = state.phase == "completed"
    first = () if half is None else (half,)
    running = score if half is None else (score[0] - half[0], score[1] - half[1])
    return ScoreFacts(
        sport="football",
        home=score[0],
        away=score[1],
        periods=(*first, running) if is_over else first,
        current=None if is_over or not state.is_playing else running,
        scorers=state.scorers,
        is_final=is_over,
        ending="full" if is_over else "",
        winner=outcome_of(*score) if is_over else "",
    )


def _change_phase(state: MatchState, incident: RecordedIncident, change: tuple[Phase, Phase, int]) -> MatchState:
    needed, phase, minute = change
    if state.phase != needed:
        raise ImpossibleChange(f"{incident.incident_type} cannot happen in phase {state.phase}")
    if incident.side:
        raise ImpossibleChange(f"{incident.incident_type} belongs to no side")
    if incident.incident_type == "full_time":
        minute_reached, added_reached = max((state.minute, state.added), (minute, 0))
        return replace(state, phase=phase, minute=minute_reached, added=added_reached)
    if incident.incident_type == "half_time":
        state = replace(state, half_time_goals=(state.home_goals, state.away_goals))
    return replace(state, phase=phase, minute=minute, added=0)


def _count(state: MatchState, incident: RecordedIncident) -> MatchState:
    if not state.is_playing:
        raise ImpossibleChange(f"{incident.incident_type} cannot happen in phase {state.phase}")
    if incident.side not in ("home", "away"):
        raise ImpossibleChange(f"{incident.incident_type} needs a side")
    is_home = incident.side == "home"
    moved = advance(state, minute=incident.minute, added=incident.added)
    match incident.incident_type:
        case "goal" if is_home:
            return replace(moved, home_goals=moved.home_goals + 1, scorers=(*moved.scorers, "home"))
        case "goal":
            return replace(moved, away_goals=moved.away_goals + 1, scorers=(*moved.scorers, "away"))
        case "yellow_card" if is_home:
            return replace(moved, home_yellows=moved.home_yellows + 1)
        case "yellow_card":
            return replace(moved, away_yellows=moved.away_yellows + 1)
        case "red_card" if is_home:
            return replace(moved, home_reds=moved.home_reds + 1)
        case "red_card":
            return replace(moved, away_reds=moved.away_reds + 1)
        case _:
            return moved
