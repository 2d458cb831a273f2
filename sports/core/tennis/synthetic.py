"""The synthetic tennis tour: seeded players with true serve and return strength, and matches drawn point by point."""

import random
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final, Literal

from sports.core.fixtures import CompetitionSpec, Fixture, TeamSpec
from sports.core.incidents import RecordedIncident, Side
from sports.core.outside_odds import quote_all, with_margin
from sports.core.progress import GamePoints
from sports.core.synthetic_people import name_people
from sports.core.tennis import reducer
from sports.core.tennis.chances import ServeChances, match_chance
from sports.core.tennis.state import TennisState, game_winner, opponent
from sports.core.timed_plan import Moment, TimedPlan

PLAYERS: Final = 32
SERVE_MEAN: Final = 0.63  # about what men win on serve at tour level
SERVE_SPREAD: Final = 0.025
RETURN_SPREAD: Final = 0.02
SERVE_MIN: Final = 0.50
SERVE_MAX: Final = 0.78
POINT_MINUTES: Final = 0.55  # a match of average length then takes about as long as one of football
CHANGE_MINUTES: Final = 0.8  # between games
SET_MINUTES: Final = 2.0  # between sets
QUOTE_GAMES: Final = 2  # other bookmakers quote anew after every second game
RETIREMENT_CHANCE: Final = 0.02
MARGIN: Final = 0.05
COMPETITION: Final = CompetitionSpec("OPEN", "Norvane Open", "Norvane")
COURTS: Final = ("Centre Court", "Court One", "Court Two", "The Grove")


@dataclass(frozen=True)
class SyntheticTour:
    """All players of one seed; the index-th match is a pure function of (seed, index)."""

    seed: int

    @cached_property
    def players(self) -> tuple[TeamSpec, ...]:
        return name_people(self.seed, tour="tennis", count=PLAYERS)

    def fixture(self, index: int) -> Fixture:
        """The index-th match: in every round each player meets another one."""
        return _fixture(self, index)

    def pairing(self, index: int) -> tuple[int, int]:
        """Who plays in the index-th match, as places in the list of players."""
        round_number, match = divmod(index, PLAYERS // 2)
        places = list(range(PLAYERS))
        random.Random(f"{self.seed}:tennis:round:{round_number}").shuffle(places)
        return places[2 * match], places[2 * match + 1]

    def serve_chances(self, home: int, away: int) -> ServeChances:
        """The true chances of both to win a point on serve."""
        return ServeChances(self._serve(home, away), self._serve(away, home))

    def _serve(self, server: int, receiver: int) -> float:
        serve, _ = self._strength(server)
        _, returns = self._strength(receiver)
        return min(SERVE_MAX, max(SERVE_MIN, SERVE_MEAN + serve - returns))

    def _strength(self, player: int) -> tuple[float, float]:
        draw = random.Random(f"{self.seed}:tennis:strength:{player}")
        return draw.gauss(0.0, SERVE_SPREAD), draw.gauss(0.0, RETURN_SPREAD)


@lru_cache(maxsize=256)
def _fixture(tour: SyntheticTour, index: int) -> Fixture:
    home, away = tour.pairing(index)
    serve = tour.serve_chances(home, away)
    source_ref = f"{tour.seed}:tennis:{index}"
    chance = match_chance(serve, TennisState())
    chances = {"home": chance, "away": 1 - chance}
    return Fixture(
        source_ref=source_ref,
        competition=COMPETITION,
        entrants=(tour.players[home], tour.players[away]),
        venue=COURTS[index % len(COURTS)],
        plan=play(serve, random.Random(f"match:{source_ref}"), source_ref),
        odds={"match_winner": dict(zip(chances, with_margin(list(chances.values()), MARGIN), strict=True))},
        quotes=quote_all("match_winner", chances, event_ref=source_ref),
        sport="tennis",
    )


def play(serve: ServeChances, draw: random.Random, event_ref: str) -> TimedPlan:
    """One match drawn point by point. Once in a while a player retires after some games."""
    first: Literal["home", "away"] = "home" if draw.random() < 0.5 else "away"
    state = reducer.apply(TennisState(), RecordedIncident(1, "first_serve", first, 0, 0))
    retires_after = draw.randint(6, 18) if draw.random() < RETIREMENT_CHANCE else None
    moments: list[Moment] = []
    elapsed, games = 0.0, 0
    while state.phase == "playing":
        winner, elapsed = _play_game(serve, state, draw, elapsed, moments)
        games += 1
        sets_before = len(state.sets)
        state = reducer.apply(state, RecordedIncident(0, "game", winner, 0, 0))
        moments.append(Moment(elapsed, "game", winner))
        if state.phase == "playing" and games % QUOTE_GAMES == 0:
            moments.append(Moment(elapsed + CHANGE_MINUTES / 2, quotes=_quotes(serve, state, event_ref)))
        elapsed += SET_MINUTES if len(state.sets) > sets_before else CHANGE_MINUTES
        if state.phase == "playing" and games == retires_after:
            side: Side = "home" if draw.random() < 0.5 else "away"
            moments.append(Moment(elapsed, "retirement", side))
            break
    return TimedPlan("tennis", tuple(moments), first_side=first)


def _play_game(
    serve: ServeChances, state: TennisState, draw: random.Random, elapsed: float, moments: list[Moment]
) -> tuple[Side, float]:
    """The winner of the next game and when it ended; the points on the way become ticks."""
    home, away = 0, 0
    while True:
        server = replace(state, home_points=home, away_points=away).server
        has_won = draw.random() < (serve.home if server == "home" else serve.away)
        scorer = server if has_won else opponent(server)
        home, away = home + (scorer == "home"), away + (scorer == "away")
        elapsed += POINT_MINUTES
        winner = game_winner(home, away, is_tie_break=state.is_tie_break)
        if winner:
            return winner, elapsed
        if not state.is_tie_break and home == away and home > 3:
            home = away = 3  # deuce again
        moments.append(Moment(elapsed, made=GamePoints(home, away)))


def _quotes(serve: ServeChances, state: TennisState, event_ref: str) -> dict[str, dict[str, dict[str, int]]]:
    chance = match_chance(serve, state)
    return quote_all("match_winner", {"home": chance, "away": 1 - chance}, event_ref=event_ref)
