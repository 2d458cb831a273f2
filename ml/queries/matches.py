"""Events as ml sees them: state, names, fixture and market, for many events in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from ml.core.inplay import InPlayState, inplay_state
from ml.core.market_view import MarketView
from ml.core.ratings import Fixture
from ml.core.reasons import Names
from ml.queries.priors import find_market_views
from sports.models import Event, EventParticipant, EventStatus, LiveState, Team

SECONDS_PER_DAY: Final = 86_400.0
NOT_PLAYED: Final = (EventStatus.ABANDONED, EventStatus.POSTPONED, EventStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Match:
    """One event at one moment; `market` is None where no source had prices."""

    event_id: UUID
    status: str
    live_version: int
    state: InPlayState
    names: Names
    fixture: Fixture
    market: MarketView | None

    @property
    def has_started(self) -> bool:
        return self.state.phase != "scheduled"


def list_matches(event_ids: Sequence[UUID]) -> list[Match]:
    """The football matches among these events, by id. Events that will not be played on are left out."""
    live_states = (
        LiveState.objects.select_related("event__competition")
        .filter(event_id__in=event_ids, event__sport__slug="football")
        .exclude(event__status__in=NOT_PLAYED)
        .order_by("event_id")
    )
    found = {live.event_id: live for live in live_states}
    teams = _teams_of(list(found))
    views = find_market_views(found)
    return [
        _match(live, teams[event_id]["home"], teams[event_id]["away"], views.get(event_id))
        for event_id, live in found.items()
        if len(teams.get(event_id, {})) == 2
    ]


def team_key(country: str, name: str) -> str:
    """What a team is called in ratings: the same in every database."""
    return f"{country}|{name}"


def day_of(instant: datetime) -> float:
    """An instant in days, as ratings count them."""
    return instant.timestamp() / SECONDS_PER_DAY


def _match(live: LiveState, home: Team, away: Team, market: MarketView | None) -> Match:
    event: Event = live.event
    return Match(
        event_id=live.event_id,
        status=event.status,
        live_version=live.version,
        state=inplay_state(live.to_match_state()),
        names=Names(home.name, away.name),
        fixture=Fixture(
            day=day_of(event.start_time),
            competition=event.competition.code,
            home=team_key(home.country, home.name),
            away=team_key(away.country, away.name),
        ),
        market=market,
    )


def _teams_of(event_ids: Sequence[UUID]) -> dict[UUID, dict[str, Team]]:
    teams: dict[UUID, dict[str, Team]] = {}
    for participant in EventParticipant.objects.select_related("team").filter(event_id__in=event_ids):
        if participant.team is not None:
            teams.setdefault(participant.event_id, {})[participant.side] = participant.team
    return teams
