"""The synthetic league: seeded fixtures with known true goal rates, and a bookmaker with a margin and small errors.

Every fixture is a pure function of (seed, index), so a restarted feed or another machine plays the same league.
"""

import math
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Final

from sports.core.fixtures import Fixture, PastMatch
from sports.core.goal_process import TrueProbabilities, TrueRates, play, true_probabilities
from sports.core.outside_odds import quote_all, with_margin
from sports.core.synthetic_names import TEAMS_PER_COMPETITION, League, name_league

HOME_GOALS: Final = 1.45
AWAY_GOALS: Final = 1.15
STRENGTH_SPREAD: Final = 0.22
MISJUDGEMENT_SPREAD: Final = 0.06  # without any, no model could ever know more than the market
MARGIN: Final = 0.05
ROUNDS: Final = 2 * (TEAMS_PER_COMPETITION - 1)
MATCHES_PER_ROUND: Final = TEAMS_PER_COMPETITION // 2
HISTORY_SEASONS: Final = 6  # with two there is nothing a model could learn that the prices do not say
CHUNK: Final = 64  # keeps the grids in the processor's cache
BOOKMAKER: Final = "synthetic"


@dataclass(frozen=True, slots=True)
class Pairing:
    """Where a match stands in the calendar, and who plays whom (places in the league's list of teams)."""

    league: int
    season: int
    round: int
    match: int
    home: int
    away: int


@dataclass(frozen=True)
class SyntheticLeague:
    """All competitions of one seed. Live seasons count from 0; history has negative numbers."""

    seed: int
    competitions: int = 3

    @cached_property
    def leagues(self) -> tuple[League, ...]:
        return tuple(name_league(self.seed, index) for index in range(self.competitions))

    def fixture(self, index: int) -> Fixture:
        """The index-th fixture of the live seasons, by round; competitions take turns."""
        return _fixture(self, self.pairing(index))

    def pairing(self, index: int) -> Pairing:
        """Who plays in the index-th live fixture."""
        round_size = self.competitions * MATCHES_PER_ROUND
        round_index, within = divmod(index, round_size)
        season, round_number = divmod(round_index, ROUNDS)
        match, league = divmod(within, self.competitions)
        return self._pair(league, season, round_number, match)

    def rates(self, pairing: Pairing) -> TrueRates:
        """The true goal rates of a pairing."""
        home, away = self._strength(pairing.league, pairing.home), self._strength(pairing.league, pairing.away)
        return TrueRates(
            home=HOME_GOALS * math.exp(home[0] - away[1]),
            away=AWAY_GOALS * math.exp(away[0] - home[1]),
        )

    def believed_rates(self, pairing: Pairing) -> TrueRates:
        """What the bookmaker takes the goal rates for: it misjudges each team a little, always in the same way."""
        true = self.rates(pairing)
        home, away = self._misjudgement(pairing.league, pairing.home), self._misjudgement(pairing.league, pairing.away)
        return TrueRates(home=true.home * math.exp(home - away), away=true.away * math.exp(away - home))

    def history(self, until: datetime) -> list[PastMatch]:
        """Finished seasons before `until`, a round a week, oldest first."""
        pairings = [
            self._pair(league, season, round_number, match)
            for season in range(-HISTORY_SEASONS, 0)
            for round_number in range(ROUNDS)
            for league in range(self.competitions)
            for match in range(MATCHES_PER_ROUND)
        ]
        rates = [self.believed_rates(pairing) for pairing in pairings]
        distinct = sorted(set(rates))  # the same two teams meet once a season
        chances: dict[TrueRates, TrueProbabilities] = {}
        for begin in range(0, len(distinct), CHUNK):
            chunk = distinct[begin : begin + CHUNK]
            chances.update(zip(chunk, true_probabilities(chunk), strict=True))
        return [self._past_match(pairing, chances[rate], until) for pairing, rate in zip(pairings, rates, strict=True)]

    def source_ref(self, pairing: Pairing) -> str:
        """The identity of a match: the same for every number of competitions."""
        return f"{self.seed}:{pairing.league}:{pairing.season}:{pairing.round}:{pairing.match}"

    def draw(self, pairing: Pairing) -> random.Random:
        """The randomness of one match."""
        return random.Random(f"match:{self.source_ref(pairing)}")

    def _past_match(self, pairing: Pairing, believed: TrueProbabilities, until: datetime) -> PastMatch:
        league = self.leagues[pairing.league]
        plan = play(self.rates(pairing), self.draw(pairing))
        home_goals, away_goals = plan.score
        rounds_ago = -pairing.season * ROUNDS - pairing.round
        noon = until.replace(hour=12, minute=0, second=0, microsecond=0)
        return PastMatch(
            source_ref=self.source_ref(pairing),
            competition=league.competition,
            season=season_label(until.year + pairing.season),
            played_at=noon - timedelta(weeks=rounds_ago) + timedelta(hours=pairing.match % 8),
            home=league.teams[pairing.home],
            away=league.teams[pairing.away],
            home_goals=home_goals,
            away_goals=away_goals,
            statistics=plan.statistics,
            odds={key: {BOOKMAKER: outcomes} for key, outcomes in prices_of(believed).items()},
        )

    def _pair(self, league: int, season: int, round_number: int, match: int) -> Pairing:
        """The circle method: place 0 stays, the others turn; the second half of a season swaps the ground."""
        count = TEAMS_PER_COMPETITION
        leg, turn = divmod(round_number, count - 1)
        others = [1 + (place + turn) % (count - 1) for place in range(count - 1)]
        circle = [0, *others]
        home, away = circle[match], circle[count - 1 - match]
        if (leg + (turn if match == 0 else match)) % 2:
            home, away = away, home
        return Pairing(league, season, round_number, match, home, away)

    def _strength(self, league: int, team: int) -> tuple[float, float]:
        """(attack, defence) of a team, around zero."""
        draw = random.Random(f"strength:{self.seed}:{league}:{team}")
        quality = draw.gauss(0.0, STRENGTH_SPREAD)
        return quality + draw.gauss(0.0, 0.08), quality * 0.8 + draw.gauss(0.0, 0.08)

    def _misjudgement(self, league: int, team: int) -> float:
        """How much too strong the bookmaker takes a team to be, on the scale of log rates."""
        return random.Random(f"misjudgement:{self.seed}:{league}:{team}").gauss(0.0, MISJUDGEMENT_SPREAD)


def season_label(first_year: int) -> str:
    """`2018-19` for the season that begins in 2018."""
    return f"{first_year}-{(first_year + 1) % 100:02d}"


def prices_of(chances: TrueProbabilities) -> dict[str, dict[str, int]]:
    """What a bookmaker with a margin offers before the match, in thousandths by market key and outcome."""
    result = with_margin([chances.home, chances.draw, chances.away], MARGIN)
    total = with_margin([chances.over_25, 1.0 - chances.over_25], MARGIN)
    return {
        "1x2": dict(zip(("home", "draw", "away"), result, strict=True)),
        "over_under;total=2.5": dict(zip(("over", "under"), total, strict=True)),
    }


@lru_cache(maxsize=512)
def _fixture(league: SyntheticLeague, pairing: Pairing) -> Fixture:
    rates = league.rates(pairing)
    spec = league.leagues[pairing.league]
    believed = true_probabilities([league.believed_rates(pairing)])[0]
    chances = {"home": believed.home, "draw": believed.draw, "away": believed.away}
    source_ref = league.source_ref(pairing)
    return Fixture(
        source_ref=source_ref,
        competition=spec.competition,
        entrants=(spec.teams[pairing.home], spec.teams[pairing.away]),
        venue=f"{spec.towns[pairing.home]} Park",
        plan=replace(play(rates, league.draw(pairing)), chances=tuple(chances.values()), quote_ref=source_ref),
        odds=prices_of(believed),
        quotes=quote_all("1x2", chances, event_ref=source_ref),
    )


def competitions_for(live_matches: int) -> int:
    """How many competitions give enough teams for this many matches at once and as many to follow."""
    teams_busy = 2 * 2 * live_matches
    return max(3, math.ceil(1.5 * teams_busy / TEAMS_PER_COMPETITION))
