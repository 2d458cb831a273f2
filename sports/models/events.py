"""Events that people bet on: matches with two sides and fields of runners, and the versions of their result."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from project.kit.ids import new_id
from sports.core.market_keys import runner_outcome
from sports.models.catalogue import Competition, Player, Sport, Team
from sports.models.sources import ExternalDataSource


class EventStatus(models.TextChoices):
    SCHEDULED = "scheduled"
    ONGOING = "ongoing"
    INTERRUPTED = "interrupted"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class SideName(models.TextChoices):
    HOME = "home"
    AWAY = "away"


class EventKind(models.TextChoices):
    MATCH = "match"
    OUTRIGHT = "outright"


class Event(models.Model):
    """A match, named "Home v Away", or an outright event with a field of numbered participants.

    (source, source_ref) is its identity at the feed that brought it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=EventKind, default=EventKind.MATCH)
    sport = models.ForeignKey(Sport, on_delete=models.PROTECT, related_name="events")
    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="events")
    name = models.CharField(max_length=250)
    venue = models.CharField(max_length=120, blank=True)
    start_time = models.DateTimeField()
    status = models.CharField(max_length=12, choices=EventStatus, default=EventStatus.SCHEDULED)
    source = models.ForeignKey(ExternalDataSource, on_delete=models.PROTECT, null=True, related_name="events")
    source_ref = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    teams: "models.ManyToManyField[Team, EventParticipant]" = models.ManyToManyField(
        Team, through="EventParticipant", related_name="events"
    )

    class Meta:
        db_table = "sports_event"
        indexes = [
            models.Index(fields=["status", "start_time", "id"], name="sports_event_status_start"),
            models.Index(fields=["competition", "start_time"], name="sports_event_competition"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_ref"],
                condition=models.Q(source__isnull=False),
                name="sports_event_source_ref",
            ),
            models.CheckConstraint(condition=models.Q(status__in=EventStatus.values), name="sports_event_status"),
            models.CheckConstraint(condition=models.Q(kind__in=EventKind.values), name="sports_event_kind"),
            models.CheckConstraint(
                condition=models.Q(source__isnull=True) | ~models.Q(source_ref=""), name="sports_event_has_source_ref"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EventParticipant(models.Model):
    """A team or a player, exactly one: on a side of a match, or with a number in an outright event."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="participants")
    side = models.CharField(max_length=4, choices=SideName, blank=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="participations")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, null=True, related_name="participations")

    class Meta:
        db_table = "sports_event_participant"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "side"], condition=~models.Q(side=""), name="sports_participant_side"
            ),
            models.UniqueConstraint(fields=["event", "number"], name="sports_participant_number"),
            models.CheckConstraint(
                condition=models.Q(side__in=SideName.values, number__isnull=True) | models.Q(side="", number__gte=1),
                name="sports_participant_side_or_number",
            ),
            models.CheckConstraint(
                condition=models.Q(team__isnull=False, player__isnull=True)
                | models.Q(team__isnull=True, player__isnull=False),
                name="sports_participant_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.event_id}"

    @property
    def who(self) -> Team | Player:
        """The team or the player."""
        who = self.team or self.player
        assert who is not None, "a constraint asks for one of both"
        return who

    @property
    def outcome(self) -> str:
        """The outcome that this participant is in markets on who wins: a side, or `p<number>`."""
        return self.side or runner_outcome(self.number or 0)


class EventResult(models.Model):
    """One version of a result; the newest counts. Append-only: a correction is a new version.

    `facts` is what markets are settled by, as `ScoreFacts.to_document` writes it. The score beside it counts goals,
    sets or points; `goal_sides` names the side of every football goal in order; `outcome` is empty where nobody won.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="results")
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=4, blank=True)
    home_goals = models.PositiveSmallIntegerField()
    away_goals = models.PositiveSmallIntegerField()
    goal_sides = ArrayField(models.CharField(max_length=4, choices=SideName))
    facts = models.JSONField(default=dict)
    is_final = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "sports_event_result"
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="sports_result_version"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="sports_result_version_positive"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["home", "draw", "away", ""]), name="sports_result_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.home_goals}-{self.away_goals} (version {self.version})"
