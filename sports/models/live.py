"""A match in play: its current state, the incidents that led there, and the statistics a source sends along."""

from django.db import models

from sports.core.match_state import INCIDENT_TYPES, MatchState, RecordedIncident
from sports.models.events import Event
from sports.models.sources import ExternalDataSource

PHASES = ("scheduled", "first_half", "half_time", "second_half", "completed")


class LiveState(models.Model):
    """The reducer's state of one event. `version` grows with every change anyone could see."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="live_state")
    phase = models.CharField(max_length=12, default="scheduled")
    minute = models.PositiveSmallIntegerField(default=0)
    added = models.PositiveSmallIntegerField(default=0)
    home_goals = models.PositiveSmallIntegerField(default=0)
    away_goals = models.PositiveSmallIntegerField(default=0)
    home_reds = models.PositiveSmallIntegerField(default=0)
    away_reds = models.PositiveSmallIntegerField(default=0)
    home_yellows = models.PositiveSmallIntegerField(default=0)
    away_yellows = models.PositiveSmallIntegerField(default=0)
    incident_seq = models.PositiveIntegerField(default=0)
    is_betting_stopped = models.BooleanField(default=False)
    stop_reason = models.CharField(max_length=12, blank=True)
    version = models.PositiveBigIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "sports_live_state"
        constraints = [
            models.CheckConstraint(condition=models.Q(phase__in=PHASES), name="sports_live_state_phase"),
            models.CheckConstraint(
                condition=models.Q(is_betting_stopped=True) | models.Q(stop_reason=""),
                name="sports_live_state_stop_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.phase} {self.minute}+{self.added}"

    def to_match_state(self) -> MatchState:
        """The row as the pure core sees it."""
        return MatchState(
            phase=self.phase,  # type: ignore[arg-type]  # the check constraint admits only phases
            minute=self.minute,
            added=self.added,
            home_goals=self.home_goals,
            away_goals=self.away_goals,
            home_reds=self.home_reds,
            away_reds=self.away_reds,
            home_yellows=self.home_yellows,
            away_yellows=self.away_yellows,
            incident_seq=self.incident_seq,
            is_betting_stopped=self.is_betting_stopped,
            stop_reason=self.stop_reason,  # type: ignore[arg-type]  # written from MatchState alone
        )


class Incident(models.Model):
    """One fact of a match, append-only, `seq` gapless from 1 within its event; scores are those after it."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="incidents")
    seq = models.PositiveIntegerField()
    incident_type = models.CharField(max_length=16)
    side = models.CharField(max_length=4, blank=True)
    minute = models.PositiveSmallIntegerField()
    added = models.PositiveSmallIntegerField(default=0)
    home_goals = models.PositiveSmallIntegerField()
    away_goals = models.PositiveSmallIntegerField()
    source = models.ForeignKey(ExternalDataSource, on_delete=models.PROTECT, null=True, related_name="+")
    source_ref = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "sports_incident"
        constraints = [
            models.UniqueConstraint(fields=["event", "seq"], name="sports_incident_seq"),
            models.UniqueConstraint(
                fields=["event", "source", "source_ref"],
                condition=models.Q(source__isnull=False),
                name="sports_incident_source_ref",
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="sports_incident_seq_positive"),
            models.CheckConstraint(condition=models.Q(incident_type__in=INCIDENT_TYPES), name="sports_incident_type"),
            models.CheckConstraint(condition=models.Q(side__in=["", "home", "away"]), name="sports_incident_side"),
            models.CheckConstraint(
                condition=models.Q(source__isnull=True) | ~models.Q(source_ref=""), name="sports_incident_has_ref"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}. {self.incident_type} {self.minute}'"

    def to_fact(self) -> RecordedIncident:
        """The row as the pure core sees it."""
        return RecordedIncident(
            seq=self.seq,
            incident_type=self.incident_type,  # type: ignore[arg-type]  # the check constraint admits only these
            side=self.side,  # type: ignore[arg-type]  # as above
            minute=self.minute,
            added=self.added,
        )


class RealTimeEventData(models.Model):
    """Statistics and conditions of a live event as a source sent them at one moment; append-only."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="live_data")
    data_timestamp = models.DateTimeField()
    live_statistics = models.JSONField(default=dict)
    live_conditions = models.JSONField(default=dict)

    class Meta:
        db_table = "sports_real_time_event_data"
        verbose_name = verbose_name_plural = "live statistics"
        indexes = [models.Index(fields=["event", "-data_timestamp"], name="sports_live_data_latest")]
        constraints = [
            models.UniqueConstraint(fields=["event", "data_timestamp"], name="sports_live_data_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} at {self.data_timestamp:%H:%M:%S}"
