"""An event in play: its current state, the incidents that led there, and the statistics a source sends along."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from sports.core.incidents import INCIDENT_TYPES, RecordedIncident
from sports.core.match_state import MatchState
from sports.core.sport_state import AnyState, from_columns
from sports.models.events import Event
from sports.models.sources import ExternalDataSource

PHASES = ("scheduled", "first_half", "half_time", "second_half", "playing", "break", "completed")

STATE_COLUMNS = (
    "sport",
    "phase",
    "minute",
    "added",
    "home_goals",
    "away_goals",
    "home_reds",
    "away_reds",
    "home_yellows",
    "away_yellows",
    "incident_seq",
    "is_betting_stopped",
    "stop_reason",
    "details",
)


class LiveState(models.Model):
    """The reducer's state of one event, in columns and `details` as `sports.core.sport_state` lays it out.

    `version` grows with every change anyone could see. `stop_count` grows whenever betting goes from open to stopped,
    so equal counts at two moments mean that no stop began between them. `home_goals` and `away_goals` are the headline
    score of every sport: goals, sets or points.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="live_state")
    sport = models.CharField(max_length=12, default="football")
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
    stop_count = models.PositiveIntegerField(default=0)
    details = models.JSONField(default=dict)
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

    def to_state(self) -> AnyState:
        """The row as the pure core of its sport sees it."""
        return from_columns({name: getattr(self, name) for name in STATE_COLUMNS})

    def to_match_state(self) -> MatchState:
        """The row of a football match."""
        state = self.to_state()
        assert isinstance(state, MatchState), f"{self.event_id} is {self.sport}"
        return state


class Incident(models.Model):
    """One fact of an event, append-only, `seq` gapless from 1 within it.

    The headline score and `score`, the whole of it as people read it, are those after the incident. `number` and
    `places` are what `RecordedIncident` says of them.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="incidents")
    seq = models.PositiveIntegerField()
    incident_type = models.CharField(max_length=16)
    side = models.CharField(max_length=4, blank=True)
    minute = models.PositiveSmallIntegerField()
    added = models.PositiveSmallIntegerField(default=0)
    home_goals = models.PositiveSmallIntegerField()
    away_goals = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=0)
    places = ArrayField(models.PositiveSmallIntegerField(), default=list)
    score = models.CharField(max_length=80, blank=True)
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
            number=self.number,
            places=tuple(self.places),
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
