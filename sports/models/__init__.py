"""The tables of sports."""

from sports.models.catalogue import Competition, Player, Sport, Team
from sports.models.events import Event, EventKind, EventParticipant, EventResult, EventStatus, SideName
from sports.models.history import HistoricalEvent
from sports.models.live import Incident, LiveState, RealTimeEventData
from sports.models.odds import BettingOdds, BettingOddsChange
from sports.models.sources import ExternalDataSource, FeedCursor

__all__ = [
    "BettingOdds",
    "BettingOddsChange",
    "Competition",
    "Event",
    "EventKind",
    "EventParticipant",
    "EventResult",
    "EventStatus",
    "ExternalDataSource",
    "FeedCursor",
    "HistoricalEvent",
    "Incident",
    "LiveState",
    "Player",
    "RealTimeEventData",
    "SideName",
    "Sport",
    "Team",
]
