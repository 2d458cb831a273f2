"""Everything that can happen to sports data."""

from sports.actions.incidents import advance_clock, record_incident, resume_betting, start_event
from sports.actions.odds import record_odds
from sports.actions.results import confirm_result, correct_result
from sports.actions.scheduling import reschedule_event, schedule_event

__all__ = [
    "advance_clock",
    "confirm_result",
    "correct_result",
    "record_incident",
    "record_odds",
    "reschedule_event",
    "resume_betting",
    "schedule_event",
    "start_event",
]
