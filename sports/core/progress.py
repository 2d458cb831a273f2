"""What moves in an event between its incidents, one shape per sport: seen by everyone, decided by nobody."""

from dataclasses import dataclass

from sports.core.match_clock import ClockReading


@dataclass(frozen=True, slots=True)
class GamePoints:
    """Tennis: the points of the running game."""

    home: int
    away: int


@dataclass(frozen=True, slots=True)
class GameClock:
    """Basketball: what is left of the running period."""

    seconds_left: int


@dataclass(frozen=True, slots=True)
class RunningOrder:
    """Outright: who is where, first to last and how far behind, with so many per cent of the event gone."""

    order: tuple[int, ...]
    gaps: tuple[int, ...]
    progress: int


Progress = ClockReading | GamePoints | GameClock | RunningOrder
