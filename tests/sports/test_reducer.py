"""The pure reducer of match states."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sports.core import reducer
from sports.core.match_state import IncidentType, MatchState, RecordedIncident, Side, format_clock

FIRST_HALF = MatchState(phase="first_half", incident_seq=1)
Transitions = list[tuple[str, Any]]

SIDED = ("goal", "yellow_card", "red_card", "penalty_missed")


def incident(
    seq: int, incident_type: IncidentType, side: Side = "", minute: int = 10, added: int = 0
) -> RecordedIncident:
    return RecordedIncident(seq, incident_type, side, minute, added)


def test_kick_off_starts_the_first_half() -> None:
    state = reducer.apply(MatchState(), incident(1, "kick_off", minute=0))

    assert state == MatchState(phase="first_half", incident_seq=1)


def test_goal_counts_and_stops_betting() -> None:
    state = reducer.apply(FIRST_HALF, incident(2, "goal", "home", 39))

    assert state == MatchState(
        phase="first_half",
        minute=39,
        home_goals=1,
        incident_seq=2,
        is_betting_stopped=True,
        stop_reason="goal",
        scorers=("home",),
    )


@pytest.mark.parametrize(
    ("incident_type", "side", "field", "stop_reason"),
    [
        ("yellow_card", "home", "home_yellows", ""),
        ("yellow_card", "away", "away_yellows", ""),
        ("red_card", "home", "home_reds", "red_card"),
        ("red_card", "away", "away_reds", "red_card"),
        ("goal", "away", "away_goals", "goal"),
    ],
)
def test_each_incident_counts_for_its_side(
    incident_type: IncidentType, side: Side, field: str, stop_reason: str
) -> None:
    state = reducer.apply(FIRST_HALF, incident(2, incident_type, side))

    assert getattr(state, field) == 1
    assert (state.is_betting_stopped, state.stop_reason) == (bool(stop_reason), stop_reason)


def test_missed_penalty_stops_betting_and_changes_no_score() -> None:
    state = reducer.apply(FIRST_HALF, incident(2, "penalty_missed", "away"))

    assert (state.home_goals, state.away_goals, state.stop_reason) == (0, 0, "penalty")


@pytest.mark.parametrize(
    ("state", "impossible"),
    [
        (MatchState(), incident(1, "goal", "home")),
        (MatchState(), incident(1, "half_time")),
        (FIRST_HALF, incident(1, "goal", "home")),
        (FIRST_HALF, incident(3, "goal", "home")),
        (FIRST_HALF, incident(2, "goal", "")),
        (FIRST_HALF, incident(2, "kick_off")),
        (FIRST_HALF, incident(2, "full_time")),
        (FIRST_HALF, incident(2, "half_time", "home")),
        (FIRST_HALF, incident(2, "goal", "home", 131)),
        (FIRST_HALF, incident(2, "goal", "home", 45, 31)),
        (replace(FIRST_HALF, phase="half_time"), incident(2, "goal", "home")),
        (replace(FIRST_HALF, phase="completed"), incident(2, "yellow_card", "home")),
    ],
)
def test_what_cannot_happen_is_refused(state: MatchState, impossible: RecordedIncident) -> None:
    with pytest.raises(reducer.ImpossibleChange):
        reducer.apply(state, impossible)


def test_clock_never_goes_back() -> None:
    state = reducer.advance(FIRST_HALF, minute=45, added=2)

    assert (state.minute, state.added) == (45, 2)
    assert reducer.advance(state, minute=44, added=0) == state
    assert reducer.advance(state, minute=45, added=1) == state


def test_late_incident_keeps_the_clock() -> None:
    state = replace(FIRST_HALF, minute=40)

    assert reducer.apply(state, incident(2, "yellow_card", "home", 39)).minute == 40


def test_clock_stands_outside_of_play() -> None:
    with pytest.raises(reducer.ImpossibleChange):
        reducer.advance(MatchState(), minute=1, added=0)


def test_resuming_opens_a_stopped_match_only() -> None:
    stopped = reducer.apply(FIRST_HALF, incident(2, "goal", "home"))
    over = replace(stopped, phase="completed")

    assert reducer.resume(stopped).is_betting_stopped is False
    assert reducer.resume(stopped).stop_reason == ""
    assert reducer.resume(over) == over
    assert reducer.resume(FIRST_HALF) == FIRST_HALF


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (MatchState(), ""),
        (replace(FIRST_HALF, minute=7), "7'"),
        (replace(FIRST_HALF, minute=45, added=2), "45+2'"),
        (replace(FIRST_HALF, phase="half_time", minute=45), "HT"),
        (replace(FIRST_HALF, phase="completed", minute=90), "FT"),
    ],
)
def test_clock_reads_as_people_expect(state: MatchState, text: str) -> None:
    assert format_clock(state) == text


@st.composite
def matches(draw: st.DrawFn) -> Transitions:
    """A possible match: live transitions as (kind, value), in order."""
    transitions: Transitions = [("incident", ("kick_off", "", 0, 0))]
    for first, last, whistle in ((1, 45, "half_time"), (46, 90, "full_time")):
        moments = sorted(draw(st.lists(st.integers(first, last), max_size=12)))
        for minute in moments:
            kind = draw(st.sampled_from(["tick", "resume", *SIDED]))
            if kind == "tick":
                transitions.append(("tick", minute))
            elif kind == "resume":
                transitions.append(("resume", None))
            else:
                transitions.append(("incident", (kind, draw(st.sampled_from(["home", "away"])), minute, 0)))
        transitions.append(("incident", (whistle, "", last, 0)))
        if whistle == "half_time":
            transitions.append(("incident", ("second_half", "", 45, 0)))
    return transitions


@given(matches(), st.data())
def test_replay_is_live_and_image_plus_deltas_is_replay(transitions: Transitions, data: st.DataObject) -> None:
    live = MatchState()
    recorded: list[RecordedIncident] = []
    for kind, value in transitions:
        if kind == "tick":
            live = reducer.advance(live, minute=value, added=0)
        elif kind == "resume":
            live = reducer.resume(live)
        else:
            fact = RecordedIncident(len(recorded) + 1, *value)
            recorded.append(fact)
            live = reducer.apply(live, fact)

    cut = data.draw(st.integers(0, len(recorded)))
    image = reducer.replay(recorded[:cut])
    for fact in recorded[cut:]:
        image = reducer.apply(image, fact)

    assert reducer.without_clock(reducer.replay(recorded)) == reducer.without_clock(live)
    assert image == reducer.replay(recorded)
    assert live.incident_seq == len(recorded)
    assert (live.phase, live.stop_reason) == ("completed", "finished")
