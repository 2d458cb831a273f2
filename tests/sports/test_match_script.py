"""Match clocks and scripts: time to minute, plan to steps, and what a restart has left to do."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sports.core import reducer
from sports.core.match_clock import ClockReading, MatchClock, seconds_per_minute
from sports.core.match_plan import MatchPlan, PlannedIncident
from sports.core.match_script import Step, collapse, remaining_steps, write_script
from sports.core.match_state import MatchState, Phase, RecordedIncident

CLOCK = MatchClock(first_half_added=2, second_half_added=4)
PLAN = MatchPlan(
    2,
    4,
    (
        PlannedIncident(10, 0, "goal", "home"),
        PlannedIncident(45, 2, "yellow_card", "away"),
        PlannedIncident(46, 0, "red_card", "away"),
        PlannedIncident(90, 3, "goal", "away"),
        PlannedIncident(90, 4, "goal", "home"),
    ),
    {"home_shots": 9},
)


@pytest.mark.parametrize(
    ("elapsed", "phase", "reading"),
    [
        (0.0, "first_half", (0, 0)),
        (38.9, "first_half", (38, 0)),
        (45.0, "first_half", (45, 0)),
        (46.5, "first_half", (45, 1)),
        (47.0, "half_time", (45, 2)),
        (51.9, "half_time", (45, 2)),
        (52.0, "second_half", (45, 0)),
        (53.0, "second_half", (46, 0)),
        (97.0, "second_half", (90, 0)),
        (100.5, "second_half", (90, 3)),
        (101.0, "completed", (90, 4)),
        (500.0, "completed", (90, 4)),
    ],
)
def test_elapsed_time_is_read_as_minute_of_play(elapsed: float, phase: Phase, reading: tuple[int, int]) -> None:
    assert CLOCK.phase_at(elapsed) == phase
    assert CLOCK.reading_at(elapsed) == ClockReading(*reading)


@given(st.integers(0, 200), st.integers(0, 10), st.integers(0, 15))
def test_reading_and_elapsed_are_inverse(elapsed: float, first_added: int, second_added: int) -> None:
    clock = MatchClock(first_added, second_added)
    phase = clock.phase_at(elapsed)
    back = clock.elapsed_at(phase=phase, reading=clock.reading_at(elapsed))

    expected = {"half_time": clock.half_time_at, "completed": clock.full_time_at}.get(phase, elapsed)
    assert back == expected


def test_a_match_takes_about_its_configured_seconds() -> None:
    assert seconds_per_minute(360) == pytest.approx(3.6)
    assert CLOCK.full_time_at == 101


def test_incidents_come_within_their_minute() -> None:
    script = write_script(PLAN, minute_seconds=3.6)
    at = {step.ref: step.elapsed for step in script if step.ref}

    assert at == {
        "incident:0": 9.5,
        "incident:1": 46.5,
        "half_time": 47,
        "second_half": 52,
        "incident:2": 52.5,
        "incident:3": 99.5,
        "incident:4": 100.5,
        "full_time": 101,
    }
    assert [script[0].kind, script[-1].kind] == ["start", "confirm"]


def test_every_minute_ticks_once() -> None:
    readings = [step.reading for step in write_script(PLAN, minute_seconds=3.6) if step.kind == "tick"]

    assert readings == sorted(set(readings), key=readings.index)
    assert len(readings) == 46 + 48


def test_betting_resumes_after_a_minute_or_two_seconds() -> None:
    slow = [step.elapsed for step in write_script(PLAN, minute_seconds=3.6) if step.kind == "resume"]
    fast = [step.elapsed for step in write_script(PLAN, minute_seconds=0.4) if step.kind == "resume"]

    assert slow == [10.5, 53.5]  # 100.5 and 101.5 would come with the next goal and after the whistle
    assert fast == [14.5, 57.5]


def play(
    steps: Iterable[Step], state: MatchState | None = None, recorded: Sequence[str] = ()
) -> tuple[MatchState, list[str]]:
    """Apply steps as the feed would."""
    state = MatchState() if state is None else state
    refs = list(recorded)
    for step in steps:
        if step.kind in ("start", "incident"):
            incident_type = step.incident_type or "kick_off"
            reading = step.reading
            fact = RecordedIncident(len(refs) + 1, incident_type, step.side, reading.minute, reading.added)
            refs.append(step.ref or "kick_off")
            state = reducer.apply(state, fact)
        elif step.kind == "tick":
            state = reducer.advance(state, minute=step.reading.minute, added=step.reading.added)
        elif step.kind == "resume":
            state = reducer.resume(state)
    return state, refs


@given(st.data())
def test_stopping_anywhere_and_going_on_gives_the_same_match(data: st.DataObject) -> None:
    script = write_script(PLAN, minute_seconds=3.6)
    whole, refs = play(script)
    cut = data.draw(st.integers(1, len(script) - 1))

    state, recorded = play(script[:cut])
    reached, rest = remaining_steps(
        script,
        plan=PLAN,
        phase=state.phase,
        reading=ClockReading(state.minute, state.added),
        recorded_refs=frozenset(recorded),
    )
    finished, all_refs = play(rest, state, recorded)

    assert (finished, all_refs) == (whole, refs)
    assert rest[-1].kind == "confirm"
    # A goal sets the clock to its minute, half a minute early; nothing else moves.
    assert script[cut - 1].elapsed - 0.5 <= reached <= script[cut - 1].elapsed + 0.5 or state.phase == "completed"


@given(st.data())
def test_collapsed_steps_lead_to_the_same_state(data: st.DataObject) -> None:
    script = write_script(PLAN, minute_seconds=3.6)
    cut = data.draw(st.integers(1, len(script)))
    end = data.draw(st.integers(cut, len(script)))
    before, recorded = play(script[:cut])

    every, _ = play(script[cut:end], before, recorded)
    fewer, _ = play(collapse(list(script[cut:end])), before, recorded)

    assert fewer == every


def test_fast_forward_leaves_out_what_time_made_needless() -> None:
    steps = collapse([step for step in write_script(PLAN, minute_seconds=3.6) if step.elapsed <= 30])

    assert [(step.kind, step.reading.minute) for step in steps] == [
        ("start", 0),
        ("incident", 10),
        ("resume", 0),
        ("tick", 30),
    ]


def test_plans_survive_storage_and_refuse_nonsense() -> None:
    assert MatchPlan.from_document(PLAN.to_document()) == PLAN
    assert PLAN.score == (2, 1)
    with pytest.raises(ValueError, match="order of play"):
        MatchPlan(0, 0, (PlannedIncident(20, 0, "goal", "home"), PlannedIncident(10, 0, "goal", "home")))
    with pytest.raises(ValueError, match="outside"):
        MatchPlan(0, 0, (PlannedIncident(91, 0, "goal", "home"),))
    with pytest.raises(ValueError, match="stoppage"):
        MatchPlan(0, 2, (PlannedIncident(90, 3, "goal", "home"),))
