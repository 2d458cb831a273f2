"""The pure reducer of outright events: withdrawals before the off, the order on the way, the places at the end."""

from collections.abc import Sequence
from dataclasses import replace

from sports.core.incidents import ImpossibleChange, RecordedIncident, StopReason
from sports.core.market_keys import runner_outcome
from sports.core.outright.state import OutrightState
from sports.core.score_facts import Placing, ScoreFacts


def apply(state: OutrightState, incident: RecordedIncident) -> OutrightState:
    """The state after `incident`; raises ImpossibleChange where it cannot have happened."""
    match incident.incident_type:
        case "withdrawal" if state.phase == "scheduled":
            if incident.number not in state.running:
                raise ImpossibleChange(f"number {incident.number} does not run")
            withdrawn = tuple(sorted((*state.withdrawn, incident.number)))
            return _stop(replace(state, withdrawn=withdrawn), "withdrawal")
        case "off" if state.phase == "scheduled":
            order = state.running
            return replace(
                state,
                phase="playing",
                order=order,
                gaps=(0,) * len(order),
                is_betting_stopped=False,
                stop_reason="",
            )
        case "finish" if state.phase == "playing":
            check_places(state, incident.places)
            finished = replace(state, phase="completed", places=incident.places, progress=100, gaps=())
            return _stop(replace(finished, order=order_of(finished)), "finished")
        case _:
            raise ImpossibleChange(f"{incident.incident_type} cannot happen in phase {state.phase}")


def run_on(state: OutrightState, *, order: Sequence[int], gaps: Sequence[int], progress: int) -> OutrightState:
    """The state with the runners in this order and so far apart; progress never goes back."""
    if state.phase != "playing":
        raise ImpossibleChange(f"nobody runs in phase {state.phase}")
    if sorted(order) != list(state.running):
        raise ImpossibleChange("the order must list every runner once")
    if not 0 <= progress <= 100:
        raise ImpossibleChange(f"{progress} per cent do not exist")
    if len(gaps) != len(order) or gaps[0] != 0 or list(gaps) != sorted(gaps):
        raise ImpossibleChange("gaps begin with 0 and grow along the order")
    return replace(state, order=tuple(order), gaps=tuple(gaps), progress=max(state.progress, progress))


def check_places(state: OutrightState, places: Sequence[int]) -> None:
    """Raises ImpossibleChange unless these are places as they are given: 1, 2, 2, 4; nobody withdrawn has one."""
    if len(places) != state.runners:
        raise ImpossibleChange(f"{state.runners} runners need {state.runners} places")
    if any(places[number - 1] for number in state.withdrawn):
        raise ImpossibleChange("who did not run has no place")
    given = sorted(place for place in places if place)
    if not given or any(place < 0 for place in places):
        raise ImpossibleChange("somebody must come first")
    if any(place != 1 + sum(other < place for other in given) for place in given):
        raise ImpossibleChange("places are counted 1, 2, 2, 4: as many are skipped as share one")


def without_progress(state: OutrightState) -> OutrightState:
    """The part of a state that incidents alone decide: what must be equal between replay and live."""
    is_over = state.phase == "completed"
    return replace(
        state,
        order=state.order if is_over else (),
        gaps=(),
        progress=state.progress if is_over else 0,
        is_betting_stopped=False,
        stop_reason="",
    )


def facts_of(state: OutrightState) -> ScoreFacts:
    """What the event so far decides."""
    is_over = state.phase == "completed"
    return ScoreFacts(
        sport="outright",
        finish={
            runner_outcome(number): Placing(place, state.places.count(place))
            for number, place in enumerate(state.places, start=1)
            if place
        },
        withdrawn=frozenset(runner_outcome(number) for number in state.withdrawn),
        is_final=is_over,
        ending="full" if is_over else "",
    )


def order_of(state: OutrightState) -> tuple[int, ...]:
    """By place, then number; who has none comes last."""
    return tuple(sorted(state.running, key=lambda number: (state.places[number - 1] or state.runners + 1, number)))


def _stop(state: OutrightState, reason: StopReason) -> OutrightState:
    return replace(state, is_betting_stopped=True, stop_reason=reason)
