"""From what was stored of an event to the moments a strategy sees, each made only of what was known by then.

A recording is read once from the oldest entry to the newest. An entry can change moments of its own instant and of
later ones, never earlier ones: the causality tests change everything after an instant and compare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Final

from betting.core.strategies.backtest import Closing, Moment, Results, Worth
from betting.core.strategies.ticks import MILLION, Offer, Tick
from ml.core.goal_rates import GoalRates
from ml.core.inplay import InPlayState, price_event
from sports.core.match_state import STOP_REASONS
from sports.core.outside_odds import PREMATCH_SOURCE
from sports.core.sport_state import BEFORE_START

# Incident type -> the phase that begins with it. Events without these phases are simply playing.
_PHASES: Final = {
    "kick_off": "first_half",
    "half_time": "half_time",
    "second_half": "second_half",
    "full_time": "completed",
    "finish": "completed",
    "period_end": "break",
    "period_start": "playing",
}
# The clock stands while stoppage time is played: how much of it is left is not stored, so no model can speak then.
_CLOCK_STANDS: Final = {"first_half": 45, "second_half": 90}
SECONDS_PER_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Listing:
    """What never changes about a selection."""

    selection_id: str
    market_key: str
    market_type: str
    outcome: str
    line_millionths: int | None


@dataclass(frozen=True, slots=True)
class PriceMove:
    """Our price and fair chance of a selection from this instant on; None ends the offer."""

    at: datetime
    minute: int
    selection_id: str
    odds_milli: int | None
    market_millionths: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident as it came in, with the score after it."""

    at: datetime
    incident_type: str
    side: str
    minute: int
    home_score: int
    away_score: int


@dataclass(frozen=True, slots=True)
class OutsidePrice:
    """What an outside source asked from this instant on."""

    at: datetime
    source: str
    market_key: str
    outcome: str
    odds_milli: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """The goal rates a model believed in from this instant on."""

    at: datetime
    rates: GoalRates


@dataclass(frozen=True, slots=True)
class ResultSeen:
    """A version of a selection's result."""

    at: datetime
    selection_id: str
    worth: Worth


@dataclass(frozen=True)
class Recording:
    """Everything stored of one event, each list oldest first."""

    event_id: str
    sport: str
    start_time: datetime
    listings: Mapping[str, Listing]
    prices: Sequence[PriceMove]
    incidents: Sequence[Seen] = ()
    outside: Sequence[OutsidePrice] = ()
    opinions: Sequence[Opinion] = ()
    results: Sequence[ResultSeen] = ()

    @property
    def began_at(self) -> datetime | None:
        """When play began; a withdrawal or a walkover before it begins nothing."""
        return next((seen.at for seen in self.incidents if seen.incident_type not in BEFORE_START), None)


@dataclass(frozen=True, slots=True)
class Situation:
    """The event as its incidents tell it."""

    phase: str = "scheduled"
    home_score: int = 0
    away_score: int = 0
    home_reds: int = 0
    away_reds: int = 0
    stopped_minute: int | None = None


@dataclass
class _Reader:
    """Where the reading of a recording stands."""

    recording: Recording
    situation: Situation = Situation()
    odds: dict[str, PriceMove] = field(default_factory=dict)
    opening: dict[str, int] = field(default_factory=dict)
    outside: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    rates: GoalRates | None = None
    is_closed: bool = False
    incidents_read: int = 0
    outside_read: int = 0
    opinions_read: int = 0


def moments_of(recording: Recording) -> list[Moment]:
    """Ticks at every price move, the closing prices when play begins, and the results as they became known."""
    reader = _Reader(recording)
    moments: list[Moment] = []
    for at, moves in groupby(recording.prices, key=lambda move: move.at):
        moments += _close_before(reader, at)
        _catch_up(reader, at)
        minute = 0
        for move in moves:
            minute = move.minute
            reader.odds[move.selection_id] = move
            if move.odds_milli is not None:
                reader.opening.setdefault(move.selection_id, move.odds_milli)
        moments.append(_tick(reader, at, minute))
    if recording.began_at is not None:  # nothing may have moved since
        moments += _close_before(reader, recording.began_at)
    for at, versions in groupby(recording.results, key=lambda version: version.at):
        moments.append(Results(recording.event_id, at, {one.selection_id: one.worth for one in versions}))
    return moments


def after(situation: Situation, incident: Seen) -> Situation:
    """The situation after an incident. A stop holds until the clock has moved on."""
    phase = _PHASES.get(incident.incident_type, situation.phase)
    if phase == "scheduled" and incident.incident_type not in BEFORE_START:
        phase = "playing"
    is_red = incident.incident_type == "red_card"
    return replace(
        situation,
        phase=phase,
        home_score=incident.home_score,
        away_score=incident.away_score,
        home_reds=situation.home_reds + (is_red and incident.side == "home"),
        away_reds=situation.away_reds + (is_red and incident.side == "away"),
        stopped_minute=incident.minute if incident.incident_type in STOP_REASONS else situation.stopped_minute,
    )


def model_chances(
    rates: GoalRates | None, sport: str, situation: Situation, minute: int
) -> Mapping[str, Mapping[str, float]]:
    """What a model that believed in these rates makes of a match now; nothing where it cannot speak."""
    if rates is None or sport != "football" or situation.phase == "completed":
        return {}
    stands_at = _CLOCK_STANDS.get(situation.phase)
    if stands_at is not None and minute >= stands_at:
        return {}
    state = InPlayState(
        phase=situation.phase,  # type: ignore[arg-type]  # football's incidents lead to football's phases
        minute=minute,
        home_goals=situation.home_score,
        away_goals=situation.away_score,
        home_reds=situation.home_reds,
        away_reds=situation.away_reds,
    )
    return price_event(rates, state)


def best_outside(odds_milli_by_source: Mapping[str, int], phase: str) -> int | None:
    """The best of the outside prices that stand: nobody pays one of before the start once play has begun."""
    standing = (
        odds for source, odds in odds_milli_by_source.items() if phase == "scheduled" or source != PREMATCH_SOURCE
    )
    return max(standing, default=None)


def in_millionths(chance: float | None) -> int | None:
    return None if chance is None else round(chance * MILLION)


def _close_before(reader: _Reader, at: datetime) -> list[Moment]:
    """The closing prices, if play began before this instant: those that stood until then."""
    began_at = reader.recording.began_at
    if reader.is_closed or began_at is None or began_at > at:
        return []
    reader.is_closed = True
    odds = {name: move.odds_milli for name, move in reader.odds.items() if move.odds_milli is not None}
    return [Closing(reader.recording.event_id, began_at, odds)]


def _catch_up(reader: _Reader, at: datetime) -> None:
    """Read everything that was known by this instant."""
    recording = reader.recording
    while reader.incidents_read < len(recording.incidents) and recording.incidents[reader.incidents_read].at <= at:
        reader.situation = after(reader.situation, recording.incidents[reader.incidents_read])
        reader.incidents_read += 1
    while reader.outside_read < len(recording.outside) and recording.outside[reader.outside_read].at <= at:
        price = recording.outside[reader.outside_read]
        reader.outside.setdefault((price.market_key, price.outcome), {})[price.source] = price.odds_milli
        reader.outside_read += 1
    while reader.opinions_read < len(recording.opinions) and recording.opinions[reader.opinions_read].at <= at:
        reader.rates = recording.opinions[reader.opinions_read].rates
        reader.opinions_read += 1


def _tick(reader: _Reader, at: datetime, minute: int) -> Tick:
    recording, situation = reader.recording, reader.situation
    chances = model_chances(reader.rates, recording.sport, situation, minute)
    return Tick(
        event_id=recording.event_id,
        at=at,
        sport=recording.sport,
        phase=situation.phase,
        minute=minute,
        minutes_to_start=int((recording.start_time - at).total_seconds() // SECONDS_PER_MINUTE),
        home_score=situation.home_score,
        away_score=situation.away_score,
        home_reds=situation.home_reds,
        away_reds=situation.away_reds,
        is_stopped=situation.stopped_minute is not None and minute <= situation.stopped_minute,
        offers=tuple(
            _offer(reader, recording.listings[name], move, chances)
            for name, move in reader.odds.items()
            if move.odds_milli is not None
        ),
    )


def _offer(reader: _Reader, listing: Listing, move: PriceMove, chances: Mapping[str, Mapping[str, float]]) -> Offer:
    assert move.odds_milli is not None, "only offers that stand are asked for"
    outside = reader.outside.get((listing.market_key, listing.outcome))
    return Offer(
        selection_id=listing.selection_id,
        market_key=listing.market_key,
        market_type=listing.market_type,
        outcome=listing.outcome,
        line_millionths=listing.line_millionths,
        odds_milli=move.odds_milli,
        opening_odds_milli=reader.opening[listing.selection_id],
        market_millionths=move.market_millionths,
        model_millionths=in_millionths(chances.get(listing.market_key, {}).get(listing.outcome)),
        outside_odds_milli=best_outside(outside or {}, reader.situation.phase),
    )
