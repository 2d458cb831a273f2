"""An event of any sport but football as its source knows it: what happens when, with the quotes of others between.

The plan is kept beside the event, so that a restart needs no source. Its script is a pure function of plan and pace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from sports.core.incidents import START_TYPES, IncidentType, RecordedIncident, Side, SportSlug
from sports.core.match_script import CONFIRM_MINUTES, STOP_MINUTES_MIN, STOP_SECONDS_MIN, Step, StepKind
from sports.core.outside_odds import Quotes
from sports.core.progress import GameClock, GamePoints, Progress, RunningOrder
from sports.core.sport_state import LASTING_STOPS, AnyState, apply, initial_state, progress, progress_of, resume

MomentKind = Literal["incident", "tick", "odds"]
PlanDocument = Mapping[str, Any]

# A stop in the last minute of basketball or between points is short: play goes on at once.
SHORT_STOP_MINUTES: Final = 0.3
_ORDER: Final[dict[StepKind, int]] = {"start": 0, "incident": 1, "tick": 2, "resume": 3, "odds": 4, "confirm": 5}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something at `elapsed` match minutes after the start: an incident, progress, or new quotes; before it below 0.

    `made` is how far play had come: of a tick all it says, of an incident what was just before it.
    """

    elapsed: float
    incident_type: IncidentType | None = None
    side: Side = ""
    minute: int = 0
    number: int = 0
    places: tuple[int, ...] = ()
    made: Progress | None = None
    quotes: Quotes | None = None

    @property
    def kind(self) -> MomentKind:
        if self.incident_type is not None:
            return "incident"
        return "tick" if self.made is not None else "odds"

    def to_document(self) -> dict[str, Any]:
        document = {
            "at": self.elapsed,
            "type": self.incident_type,
            "side": self.side,
            "minute": self.minute,
            "number": self.number,
            "places": list(self.places),
            "made": _progress_document(self.made),
            "quotes": self.quotes,
        }
        return {name: value for name, value in document.items() if value or name == "at"}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            elapsed=document["at"],
            incident_type=document.get("type"),
            side=document.get("side", ""),
            minute=document.get("minute", 0),
            number=document.get("number", 0),
            places=tuple(document.get("places", ())),
            made=_progress_from(document["made"]) if "made" in document else None,
            quotes=document.get("quotes"),
        )


@dataclass(frozen=True, slots=True)
class TimedPlan:
    """`first_side` is who begins, which is who serves first in tennis."""

    sport: SportSlug
    moments: tuple[Moment, ...]
    first_side: Side = ""
    runners: int = 2
    statistics: Mapping[str, int] | None = None

    def initial_state(self) -> AnyState:
        return initial_state(self.sport, runners=self.runners)

    def to_document(self) -> dict[str, Any]:
        return {
            "sport": self.sport,
            "first_side": self.first_side,
            "runners": self.runners,
            "moments": [moment.to_document() for moment in self.moments],
        }

    @classmethod
    def from_document(cls, document: PlanDocument) -> Self:
        return cls(
            sport=document["sport"],
            moments=tuple(Moment.from_document(moment) for moment in document["moments"]),
            first_side=document["first_side"],
            runners=document["runners"],
        )


def write_timed_script(plan: TimedPlan, *, minute_seconds: float) -> tuple[Step, ...]:
    """Every step of the event in order, from what comes before its start to the confirmed result."""
    steps = [Step(0.0, "start", side=plan.first_side), *_steps_of(plan.moments)]
    last = max(step.elapsed for step in steps if step.kind == "incident")
    steps += _resumptions(plan, steps, minute_seconds)
    steps.append(Step(last + CONFIRM_MINUTES, "confirm"))
    return tuple(sorted(steps, key=lambda step: (step.elapsed, _ORDER[step.kind])))


def remaining_timed_steps(
    script: tuple[Step, ...], *, state: AnyState, recorded_refs: frozenset[str]
) -> tuple[float, tuple[Step, ...]]:
    """How far an event has come, in match minutes, and the steps it still needs; every step bears a repetition."""
    if state.phase == "scheduled":
        return 0.0, script
    reached = max((step.elapsed for step in script if step.ref in recorded_refs), default=0.0)
    now = progress_of(state)
    following = [step.elapsed for step in script if step.kind == "incident" and step.elapsed > reached]
    until = min(following, default=reached)
    ticks = [
        step.elapsed for step in script if step.kind == "tick" and step.made == now and reached <= step.elapsed <= until
    ]
    reached = max([reached, *ticks])
    steps = tuple(
        step
        for step in script
        if step.kind != "start" and step.ref not in recorded_refs and (step.elapsed > reached or step.ref)
    )
    return reached, steps


def _steps_of(moments: Sequence[Moment]) -> list[Step]:
    return [
        Step(
            moment.elapsed,
            moment.kind,
            minute=moment.minute,
            incident_type=moment.incident_type,
            side=moment.side,
            ref=f"moment:{index}" if moment.kind == "incident" else "",
            number=moment.number,
            places=moment.places,
            made=moment.made,
            quotes=moment.quotes,
        )
        for index, moment in enumerate(moments)
    ]


def _resumptions(plan: TimedPlan, steps: Sequence[Step], minute_seconds: float) -> list[Step]:
    """One resumption after every stop that play itself makes, unless another stop or the end comes first."""
    stops = _stops_of(plan, steps)
    resumptions = []
    for place, (elapsed, reason) in enumerate(stops):
        shortest = SHORT_STOP_MINUTES if reason in ("basket", "break") else STOP_MINUTES_MIN
        wait = max(shortest, STOP_SECONDS_MIN / minute_seconds)
        following = stops[place + 1][0] if place + 1 < len(stops) else float("inf")
        if reason != "finished" and elapsed + wait < following:
            resumptions.append(Step(elapsed + wait, "resume"))
    return resumptions


def _stops_of(plan: TimedPlan, steps: Sequence[Step]) -> list[tuple[float, str]]:
    """When betting stops and why, found by playing the plan through the reducer."""
    state = plan.initial_state()
    stops: list[tuple[float, str]] = []
    ordered = sorted(steps, key=lambda step: (step.elapsed, _ORDER[step.kind]))
    for step in ordered:
        if step.kind == "tick" and step.made is not None:
            state = progress(state, step.made)
        fact = _fact_of(state, step)
        if fact is None:
            continue
        if step.made is not None:
            state = progress(state, step.made)
        state = apply(state, fact)
        if state.is_betting_stopped and state.stop_reason not in LASTING_STOPS:
            stops.append((step.elapsed, state.stop_reason))
        state = resume(state)
    return stops


def _fact_of(state: AnyState, step: Step) -> RecordedIncident | None:
    seq = state.incident_seq + 1
    if step.kind == "start":
        return RecordedIncident(seq, START_TYPES[state.sport], step.side, 0, 0)
    if step.kind != "incident" or step.incident_type is None:
        return None
    return RecordedIncident(seq, step.incident_type, step.side, step.minute, 0, step.number, step.places)


def _progress_document(made: Progress | None) -> list[Any]:
    match made:
        case GamePoints(home=home, away=away):
            return ["points", home, away]
        case GameClock(seconds_left=seconds_left):
            return ["clock", seconds_left]
        case RunningOrder(order=order, gaps=gaps, progress=percent):
            return ["order", list(order), list(gaps), percent]
    return []


def _progress_from(document: Sequence[Any]) -> Progress:
    match document:
        case ["points", home, away]:
            return GamePoints(home, away)
        case ["clock", seconds_left]:
            return GameClock(seconds_left)
        case ["order", order, gaps, percent]:
            return RunningOrder(tuple(order), tuple(gaps), percent)
    raise ValueError(f"{document!r} is no progress")
