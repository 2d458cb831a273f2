"""A match plan as the list of things to do, each at its time: incidents, clock ticks, resumptions, the whistle.

The script is a pure function of the plan and the pace, so a feed that was killed writes the same one again.
"""

from dataclasses import dataclass
from typing import Final, Literal

from sports.core.match_clock import ClockReading, MatchClock
from sports.core.match_plan import FULL_MINUTES, HALF_MINUTES, MatchPlan, PlannedIncident
from sports.core.match_state import STOP_REASONS, IncidentType, Phase, Side
from sports.core.outside_odds import Quotes, football_rates, football_result, quote_all
from sports.core.progress import Progress

StepKind = Literal["start", "incident", "tick", "resume", "odds", "confirm"]

STOP_MINUTES_MIN: Final = 1.0  # a goal is celebrated for about a minute
STOP_SECONDS_MIN: Final = 2.0  # and a fast replay still leaves people time to see why betting stopped
CONFIRM_MINUTES: Final = 1.0  # from the final whistle to the confirmed result

NO_READING: Final = ClockReading(0, 0)

# Within one instant: facts first, then the clock, then what follows from them.
_ORDER: Final[dict[StepKind, int]] = {"start": 0, "incident": 1, "tick": 2, "resume": 3, "odds": 4, "confirm": 5}
QUOTE_MINUTES: Final = 5  # how often other bookmakers change their prices in play


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do at `elapsed` match minutes after kick-off; `ref` names an incident within its event.

    Football says how far play has come by `reading`, other sports by `made` and, of an incident, `minute`.
    """

    elapsed: float
    kind: StepKind
    reading: ClockReading = NO_READING
    incident_type: IncidentType | None = None
    side: Side = ""
    ref: str = ""
    minute: int = 0
    number: int = 0
    places: tuple[int, ...] = ()
    made: Progress | None = None
    quotes: Quotes | None = None


def write_script(plan: MatchPlan, *, minute_seconds: float) -> tuple[Step, ...]:
    """Every step of the match in order, from kick-off to the confirmed result."""
    clock = MatchClock(plan.first_half_added, plan.second_half_added)
    incidents = [*_planned(plan, clock), *_whistles(clock)]
    steps = [
        Step(0.0, "start"),
        *incidents,
        *_ticks(clock),
        *_quotes(plan, clock),
        *_resumptions(incidents, clock, minute_seconds),
        Step(clock.full_time_at + CONFIRM_MINUTES, "confirm"),
    ]
    return tuple(sorted(steps, key=lambda step: (step.elapsed, _ORDER[step.kind])))


def _planned(plan: MatchPlan, clock: MatchClock) -> list[Step]:
    """Incidents of one minute are spread over it: minute 39 is played between 38:00 and 39:00."""
    by_minute: dict[tuple[int, int], list[tuple[int, PlannedIncident]]] = {}
    for index, incident in enumerate(plan.incidents):
        by_minute.setdefault((incident.minute, incident.added), []).append((index, incident))
    steps = []
    for (minute, added), group in by_minute.items():
        begin = minute + added - 1
        if minute > HALF_MINUTES:
            begin += clock.second_half_at - HALF_MINUTES
        for place, (index, incident) in enumerate(group, start=1):
            steps.append(
                Step(
                    begin + place / (len(group) + 1),
                    "incident",
                    ClockReading(minute, added),
                    incident.incident_type,
                    incident.side,
                    f"incident:{index}",
                )
            )
    return steps


def _whistles(clock: MatchClock) -> list[Step]:
    half_time = ClockReading(HALF_MINUTES, clock.first_half_added)
    full_time = ClockReading(FULL_MINUTES, clock.second_half_added)
    return [
        Step(clock.half_time_at, "incident", half_time, "half_time", "", "half_time"),
        Step(clock.second_half_at, "incident", ClockReading(HALF_MINUTES, 0), "second_half", "", "second_half"),
        Step(clock.full_time_at, "incident", full_time, "full_time", "", "full_time"),
    ]


def _ticks(clock: MatchClock) -> list[Step]:
    first = range(1, clock.half_time_at)
    second = range(clock.second_half_at + 1, clock.full_time_at)
    return [Step(float(elapsed), "tick", clock.reading_at(elapsed)) for elapsed in (*first, *second)]


def _resumptions(incidents: list[Step], clock: MatchClock, minute_seconds: float) -> list[Step]:
    """One resumption after every stop, unless another stop or the final whistle comes first."""
    wait = max(STOP_MINUTES_MIN, STOP_SECONDS_MIN / minute_seconds)
    stops = sorted(step.elapsed for step in incidents if step.incident_type in STOP_REASONS)
    resumptions = []
    for stop, following in zip(stops, [*stops[1:], clock.full_time_at], strict=True):
        if stop + wait < following and stop < clock.full_time_at:
            resumptions.append(Step(stop + wait, "resume"))
    return resumptions


def _quotes(plan: MatchPlan, clock: MatchClock) -> list[Step]:
    """What other bookmakers say in play, where their view before the match is known."""
    if not plan.chances:
        return []
    rates = football_rates(plan.chances[0], plan.chances[2])
    steps = []
    for elapsed in range(QUOTE_MINUTES, clock.full_time_at, QUOTE_MINUTES):
        reading = clock.reading_at(elapsed)
        left = max(0.02, (FULL_MINUTES - reading.minute) / FULL_MINUTES)
        goals = [
            one.side
            for one in plan.incidents
            if one.incident_type == "goal" and (one.minute, one.added) <= (reading.minute, reading.added)
        ]
        lead = goals.count("home") - goals.count("away")
        chances = football_result((rates[0] * left, rates[1] * left), lead=lead)
        steps.append(Step(float(elapsed), "odds", quotes=quote_all("1x2", chances, event_ref=plan.quote_ref)))
    return steps


def remaining_steps(
    script: tuple[Step, ...], *, plan: MatchPlan, phase: Phase, reading: ClockReading, recorded_refs: frozenset[str]
) -> tuple[float, tuple[Step, ...]]:
    """How far a match has come, in match minutes, and the steps it still needs; every step bears a repetition."""
    clock = MatchClock(plan.first_half_added, plan.second_half_added)
    if phase == "scheduled":
        return 0.0, script
    recorded = [step for step in script if step.ref in recorded_refs]
    reached = max([clock.elapsed_at(phase=phase, reading=reading), *(step.elapsed for step in recorded)])
    last_stop = max((step.elapsed for step in recorded if step.incident_type in STOP_REASONS), default=0.0)
    steps = tuple(step for step in script if _is_open(step, reached, last_stop, recorded_refs))
    return reached, steps


def collapse(due: list[Step]) -> list[Step]:
    """The due steps without those that later ones make needless: all but the last tick, quotes and resumption."""
    last_tick = max((index for index, step in enumerate(due) if step.kind == "tick"), default=-1)
    last_stop = max((index for index, step in enumerate(due) if step.incident_type in STOP_REASONS), default=-1)
    last_resume = max((index for index, step in enumerate(due) if step.kind == "resume"), default=-1)
    last_odds = max((index for index, step in enumerate(due) if step.kind == "odds"), default=-1)
    whistles = [index for index, step in enumerate(due) if step.ref in ("half_time", "full_time")]
    kept = []
    for index, step in enumerate(due):
        if step.kind == "tick" and (index != last_tick or any(whistle > index for whistle in whistles)):
            continue
        if step.kind == "odds" and index != last_odds:
            continue
        if step.kind == "resume" and (index != last_resume or index < last_stop):
            continue
        kept.append(step)
    return kept


def _is_open(step: Step, reached: float, last_stop: float, recorded_refs: frozenset[str]) -> bool:
    if step.kind == "start":
        return False
    if step.kind == "incident":
        return step.ref not in recorded_refs
    if step.kind == "resume":
        return step.elapsed > last_stop
    return step.elapsed > reached
