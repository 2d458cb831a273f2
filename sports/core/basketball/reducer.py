"""The pure reducer of basketball: every basket is an incident, the game clock is progress."""

from dataclasses import replace
from typing import Final

from sports.core.basketball.state import QUARTERS, BasketballState
from sports.core.incidents import ImpossibleChange, RecordedIncident, StopReason
from sports.core.results import outcome_of
from sports.core.score_facts import ScoreFacts

PERIODS_MAX: Final = 12  # the longest match on record had six overtimes
BASKET_POINTS: Final = (1, 2, 3)


def apply(state: BasketballState, incident: RecordedIncident) -> BasketballState:
    """The state after `incident`; raises ImpossibleChange where it cannot have happened."""
    match incident.incident_type:
        case "tip_off" if state.phase == "scheduled":
            return replace(state, phase="playing", period=1, seconds_left=state.length_of(1))
        case "basket" if state.phase == "playing":
            return _score(state, incident)
        case "review" if state.phase == "playing":
            return _stop(state, "review")
        case "period_end" if state.phase == "playing":
            return _end_period(state)
        case "period_start" if state.phase == "break" and state.period < PERIODS_MAX:
            period = state.period + 1
            return replace(state, phase="playing", period=period, seconds_left=state.length_of(period))
        case _:
            raise ImpossibleChange(f"{incident.incident_type} cannot happen in phase {state.phase}")


def run_clock(state: BasketballState, *, seconds_left: int) -> BasketballState:
    """The state with the clock run down to this; the same state if it is already there or further."""
    if state.phase != "playing":
        raise ImpossibleChange(f"the clock does not run in phase {state.phase}")
    if not 0 <= seconds_left <= state.length_of(state.period):
        raise ImpossibleChange(f"{seconds_left} seconds are not left in period {state.period}")
    return replace(state, seconds_left=min(state.seconds_left, seconds_left))


def without_progress(state: BasketballState) -> BasketballState:
    """The part of a state that incidents alone decide: what must be equal between replay and live."""
    return replace(state, seconds_left=0, is_betting_stopped=False, stop_reason="")


def facts_of(state: BasketballState) -> ScoreFacts:
    """What the match so far decides."""
    home, away = state.headline
    is_over = state.phase == "completed"
    return ScoreFacts(
        sport="basketball",
        home=home,
        away=away,
        periods=state.periods,
        current=(state.home_points, state.away_points) if state.phase == "playing" else None,
        is_final=is_over,
        ending="full" if is_over else "",
        winner=outcome_of(home, away) if is_over else "",
    )


def _score(state: BasketballState, incident: RecordedIncident) -> BasketballState:
    if incident.side not in ("home", "away") or incident.number not in BASKET_POINTS:
        raise ImpossibleChange("a basket needs a side and one, two or three points")
    if incident.side == "home":
        moved = replace(state, home_points=state.home_points + incident.number)
    else:
        moved = replace(state, away_points=state.away_points + incident.number)
    return _stop(moved, "basket") if state.is_late else moved


def _end_period(state: BasketballState) -> BasketballState:
    ended = replace(
        state,
        phase="break",
        seconds_left=0,
        periods=(*state.periods, (state.home_points, state.away_points)),
        home_points=0,
        away_points=0,
    )
    home, away = ended.headline
    if state.period >= QUARTERS and home != away:
        return _stop(replace(ended, phase="completed"), "finished")
    return ended


def _stop(state: BasketballState, reason: StopReason) -> BasketballState:
    return replace(state, is_betting_stopped=True, stop_reason=reason)
