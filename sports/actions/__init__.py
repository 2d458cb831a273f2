"""Everything that can happen to sports data."""

from sports.actions.endings import (
    abandon_event,
    cancel_event,
    continue_event,
    give_up,
    interrupt_event,
    postpone_event,
)
from sports.actions.incidents import advance_clock, record_incident, record_progress, resume_betting, start_event
from sports.actions.odds import record_odds
from sports.actions.results import confirm_result, correct_event_result, correct_result
from sports.actions.scheduling import reschedule_event, schedule_event, schedule_outright, schedule_player_match

__all__ = [
    "abandon_event",
    "advance_clock",
    "cancel_event",
    "confirm_result",
    "continue_event",
    "correct_event_result",
    "correct_result",
    "give_up",
    "interrupt_event",
    "postpone_event",
    "record_incident",
    "record_odds",
    "record_progress",
    "reschedule_event",
    "resume_betting",
    "schedule_event",
    "schedule_outright",
    "schedule_player_match",
    "start_event",
]
