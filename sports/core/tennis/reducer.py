"""The pure reducer of tennis. Games are incidents; the points of the running game are progress, as a clock is.

So the stored incidents give the whole match again but for the points of a game that has not ended.
"""

from dataclasses import replace
from typing import Final

from sports.core.incidents import ImpossibleChange, RecordedIncident, StopReason
from sports.core.score_facts import ScoreFacts
from sports.core.tennis.state import TennisState, count_games, game_winner, set_winner

POINTS_MAX: Final = 200  # a tie-break has no end by the rules; the longest on record has 38 points a side


def apply(state: TennisState, incident: RecordedIncident) -> TennisState:
    """The state after `incident`; raises ImpossibleChange where it cannot have happened."""
    match incident.incident_type:
        case "first_serve" if state.phase == "scheduled":
            return replace(state, phase="playing", first_server=incident.side or state.first_server)
        case "game" if state.phase == "playing":
            return _win_game(state, incident)
        case "medical_timeout" if state.phase == "playing":
            _check_side(incident)
            return _stop(state, "medical")
        case "retirement" if state.phase == "playing":
            _check_side(incident)
            return _stop(replace(state, phase="completed", gave_up=incident.side, ending="retirement"), "finished")
        case "walkover" if state.phase == "scheduled":
            _check_side(incident)
            return _stop(replace(state, phase="completed", gave_up=incident.side, ending="walkover"), "finished")
        case _:
            raise ImpossibleChange(f"{incident.incident_type} cannot happen in phase {state.phase}")


def play_points(state: TennisState, *, home: int, away: int) -> TennisState:
    """The state with these points in the running game; the point that wins it is part of the game's incident."""
    if state.phase != "playing":
        raise ImpossibleChange(f"no points are played in phase {state.phase}")
    if not (0 <= home <= POINTS_MAX and 0 <= away <= POINTS_MAX):
        raise ImpossibleChange(f"{home}-{away} are no points")
    if game_winner(home, away, is_tie_break=state.is_tie_break):
        raise ImpossibleChange(f"the game is over at {home}-{away}")
    return replace(state, home_points=home, away_points=away)


def without_progress(state: TennisState) -> TennisState:
    """The part of a state that incidents alone decide: what must be equal between replay and live."""
    return replace(state, home_points=0, away_points=0, is_betting_stopped=False, stop_reason="")


def facts_of(state: TennisState) -> ScoreFacts:
    """What the match so far decides. After a retirement `current` is the set that was not played to its end."""
    home, away = state.headline
    is_over = state.phase == "completed"
    is_between = not state.games and (is_over or state.phase == "scheduled")
    return ScoreFacts(
        sport="tennis",
        home=home,
        away=away,
        periods=tuple(count_games(games) for games in state.sets),
        current=None if is_between else state.game_score,
        games=(*state.sets, state.games) if state.games else state.sets,
        is_final=is_over,
        ending=state.ending,
        winner=state.winner if is_over else "",
    )


def _win_game(state: TennisState, incident: RecordedIncident) -> TennisState:
    _check_side(incident)
    is_break = incident.side != state.game_server and not state.is_tie_break
    games = (*state.games, incident.side)
    moved = replace(state, games=games, home_points=0, away_points=0)
    if not set_winner(games):
        return _stop(moved, "break") if is_break else moved
    ended = replace(moved, sets=(*state.sets, games), games=())
    if ended.winner:
        return _stop(replace(ended, phase="completed", ending="full"), "finished")
    return _stop(ended, "set")


def _check_side(incident: RecordedIncident) -> None:
    if incident.side not in ("home", "away"):
        raise ImpossibleChange(f"{incident.incident_type} needs a side")


def _stop(state: TennisState, reason: StopReason) -> TennisState:
    return replace(state, is_betting_stopped=True, stop_reason=reason)
