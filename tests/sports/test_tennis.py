"""Tennis in the pure core: sets, tie-breaks, who serves, stops of betting, giving up."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sports.core import sport_state
from sports.core.incidents import ImpossibleChange, IncidentType, RecordedIncident, Side
from sports.core.progress import GamePoints
from sports.core.tennis import reducer
from sports.core.tennis.chances import ServeChances, hold_chance, match_chance
from sports.core.tennis.state import TennisState, clock_text, point_texts, score_text
from sports.core.tennis.synthetic import SyntheticTour, play

HOME: Side = "home"
AWAY: Side = "away"


def after(*incidents: tuple[IncidentType, Side], first: Side = "home") -> TennisState:
    state: sport_state.AnyState = TennisState()
    for seq, (kind, side) in enumerate((("first_serve", first), *incidents), start=1):
        state = sport_state.apply(state, RecordedIncident(seq, kind, side, 0, 0))
    assert isinstance(state, TennisState)
    return state


def games(text: str) -> list[tuple[IncidentType, Side]]:
    """`hha` is two games of the home side and one of the away side."""
    return [("game", HOME if letter == "h" else AWAY) for letter in text]


def test_six_games_and_two_ahead_win_a_set() -> None:
    state = after(*games("hhhhhh"))

    assert (state.headline, state.games, state.stop_reason) == ((1, 0), (), "set")
    assert after(*games("hahahahahah")).headline == (0, 0)  # 6-5
    assert after(*games("hahahahahahh")).headline == (1, 0)  # 7-5


def test_seven_points_win_a_tie_break() -> None:
    state = after(*games("hahahahahaha"))

    assert state.is_tie_break
    assert after(*games("hahahahahahaa")).headline == (0, 1)


def test_points_of_a_longer_tie_break_are_refused() -> None:
    tie_break = after(*games("hahahahahaha"))

    assert reducer.play_points(tie_break, home=7, away=6).home_points == 7
    for home, away in ((7, 5), (8, 2), (9, 3), (6, 9)):
        with pytest.raises(ImpossibleChange):
            reducer.play_points(tie_break, home=home, away=away)


def test_serve_turns_with_every_game_and_in_a_tie_break_after_the_first_point() -> None:
    assert [after(*games("h" * played)).server for played in range(4)] == ["home", "away", "home", "away"]
    tie_break = after(*games("hahahahahaha"))
    servers = [reducer.play_points(tie_break, home=home, away=0).server for home in range(7)]
    assert servers == ["home", "away", "away", "home", "home", "away", "away"]
    # Who received first in the tie-break serves first in the next set.
    assert after(*games("hahahahahahah")).server == "away"


def test_a_break_of_serve_stops_betting_and_a_hold_does_not() -> None:
    held, broken = after(*games("h")), after(*games("a"))

    assert (held.is_betting_stopped, held.stop_reason) == (False, "")
    assert (broken.is_betting_stopped, broken.stop_reason) == (True, "break")


def test_two_sets_of_three_end_the_match() -> None:
    state = after(*games("hhhhhh" * 2))

    assert (state.phase, state.ending, state.winner, state.stop_reason) == ("completed", "full", "home", "finished")
    assert score_text(state) == "6-0 6-0"
    facts = reducer.facts_of(state)
    assert (facts.home, facts.away, facts.periods, facts.winner) == (2, 0, ((6, 0), (6, 0)), "home")
    with pytest.raises(ImpossibleChange):
        sport_state.apply(state, RecordedIncident(state.incident_seq + 1, "game", "home", 0, 0))


def test_a_retirement_gives_the_match_to_the_other_and_keeps_what_was_played() -> None:
    state = after(*games("hhhhhhaa"), ("retirement", HOME))
    facts = reducer.facts_of(state)

    assert (facts.ending, facts.winner, facts.is_complete) == ("retirement", "away", False)
    assert (facts.home, facts.periods, facts.current) == (1, ((6, 0),), (0, 2))
    assert facts.games == ((HOME,) * 6, (AWAY, AWAY))
    assert clock_text(state) == "Retired"


def test_a_walkover_happens_before_the_first_serve_only() -> None:
    state = sport_state.apply(TennisState(), RecordedIncident(1, "walkover", "away", 0, 0))

    assert reducer.facts_of(state).winner == "home"  # type: ignore[arg-type]  # tennis in, tennis out
    with pytest.raises(ImpossibleChange):
        after(("walkover", AWAY))


@pytest.mark.parametrize(
    ("home", "away", "texts"),
    [(0, 0, ("0", "0")), (1, 2, ("15", "30")), (3, 3, ("40", "40")), (4, 3, ("Ad", "40")), (3, 4, ("40", "Ad"))],
)
def test_points_are_called_by_their_names(home: int, away: int, texts: tuple[str, str]) -> None:
    assert point_texts(reducer.play_points(after(), home=home, away=away)) == texts


def test_a_won_game_is_no_progress() -> None:
    with pytest.raises(ImpossibleChange):
        reducer.play_points(after(), home=4, away=2)
    with pytest.raises(ImpossibleChange):
        sport_state.progress(after(), GamePoints(-1, 0))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.5, 0.75), st.floats(0.5, 0.75))
def test_replay_is_live(seed: int, home: float, away: float) -> None:
    plan = play(ServeChances(home, away), random.Random(seed), str(seed))
    live: sport_state.AnyState = plan.initial_state()
    facts = [RecordedIncident(1, "first_serve", plan.first_side, 0, 0)]
    live = sport_state.apply(live, facts[0])
    for moment in plan.moments:
        if moment.made is not None:
            live = sport_state.progress(live, moment.made)
        if moment.incident_type is not None:
            facts.append(RecordedIncident(live.incident_seq + 1, moment.incident_type, moment.side, 0, 0))
            live = sport_state.resume(sport_state.apply(live, facts[-1]))
        assert sport_state.from_columns({"sport": "tennis", **sport_state.to_columns(live)}) == live
    replayed: sport_state.AnyState = plan.initial_state()
    for fact in facts:
        replayed = sport_state.apply(replayed, fact)

    assert live.phase == "completed"
    assert sport_state.without_progress(replayed) == sport_state.without_progress(live)


def test_holding_serve_has_its_closed_form() -> None:
    assert hold_chance(0.5) == 0.5
    assert hold_chance(0.6) == pytest.approx(0.735729230769, abs=1e-12)


def test_the_tour_plays_by_its_true_chances() -> None:
    """Within four standard errors over 400 matches; retirements take a few away."""
    serve = ServeChances(0.66, 0.61)
    wins = 0
    for seed in range(400):
        plan = play(serve, random.Random(seed), "")
        wins += sum(1 for m in plan.moments if m.incident_type == "game" and m.side == "home") > sum(
            1 for m in plan.moments if m.incident_type == "game" and m.side == "away"
        )

    expected = match_chance(serve, TennisState())
    assert abs(wins / 400 - expected) < 4 * (expected * (1 - expected) / 400) ** 0.5 + 0.03


def test_every_player_plays_once_a_round() -> None:
    tour = SyntheticTour(3)

    met = [place for index in range(16) for place in tour.pairing(index)]
    assert sorted(met) == list(range(32))
    assert tour.fixture(5) == SyntheticTour(3).fixture(5)
