"""Betting strategies, the immutable versions of their rules, what each was worth, and their paper runs."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from project.kit.ids import new_id


class StrategyVisibility(models.TextChoices):
    PRIVATE = "private"
    PUBLIC = "public"


class BettingStrategy(models.Model):
    """A strategy of one person. Its rules are those of its newest version; an archived one is kept and shown to nobody.

    The `rank_` columns are copied from the newest evaluation of the newest version, millionths of a stake; null below
    the number of bets from which a return says anything. `rating_sum` and `rating_count` are what people think of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="strategies")
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True, max_length=2_000)
    visibility = models.CharField(max_length=8, choices=StrategyVisibility.choices, default=StrategyVisibility.PRIVATE)
    is_archived = models.BooleanField(default=False)
    newest_version = models.ForeignKey(
        "betting.BettingStrategyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    rank_basis = models.CharField(max_length=10, blank=True, default="")
    rank_bets = models.PositiveIntegerField(default=0)
    rank_roi = models.BigIntegerField(null=True)
    rank_roi_low = models.BigIntegerField(null=True)
    rank_closing_line = models.BigIntegerField(null=True)
    rating_count = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_average_milli = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "betting_strategy"
        verbose_name_plural = "betting strategies"
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="strategy_of_person"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(visibility="public", is_archived=False),
                name="strategy_public_newest",
            ),
            models.Index(
                fields=["-rank_roi_low", "-id"],
                condition=Q(visibility="public", is_archived=False, rank_roi_low__isnull=False),
                name="strategy_public_by_return",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(is_archived=False), name="strategy_name_once_per_owner"
            ),
            models.CheckConstraint(condition=Q(visibility__in=StrategyVisibility.values), name="strategy_visibility"),
            models.CheckConstraint(condition=~Q(name=""), name="strategy_has_name"),
            models.CheckConstraint(
                condition=Q(rating_sum__gte=F("rating_count"), rating_sum__lte=5 * F("rating_count")),
                name="strategy_rating_from_one_to_five",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rules(self) -> dict[str, Any]:
        """The rules of the newest version."""
        assert self.newest_version is not None, "a strategy is made with its first version"
        document: dict[str, Any] = self.newest_version.rules
        return document


class BettingStrategyVersion(models.Model):
    """One version of a strategy's rules, append-only: what was evaluated can never be rewritten afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    strategy = models.ForeignKey(BettingStrategy, on_delete=models.PROTECT, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    language = models.PositiveSmallIntegerField()
    rules = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "betting_strategy_version"
        constraints = [
            models.UniqueConstraint(fields=["strategy", "version"], name="strategy_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="strategy_version_from_one"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="strategy_version_sha256"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


class EvaluationKind(models.TextChoices):
    """What a strategy was tried on: our own recorded prices, imported seasons, or live events without money."""

    RECORDED = "recorded"
    SEASONS = "seasons"
    PAPER = "paper"


class EvaluationStatus(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class BettingStrategyEvaluation(models.Model):
    """What one version of a strategy was worth over a period: by back-test, or by its paper run so far.

    `evaluation_period` holds days in UTC, both ends included on the wire. `equity` is the profit in minor units after
    settlements, thinned out for a chart. `rank_` columns are what rankings read, in millionths.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    strategy = models.ForeignKey(BettingStrategy, on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    strategy_version = models.ForeignKey(
        BettingStrategyVersion, on_delete=models.PROTECT, related_name="evaluations", db_index=False
    )
    paper_run = models.OneToOneField("betting.PaperRun", on_delete=models.PROTECT, null=True, related_name="evaluation")
    kind = models.CharField(max_length=10, choices=EvaluationKind.choices)
    status = models.CharField(max_length=10, choices=EvaluationStatus.choices, default=EvaluationStatus.PENDING)
    evaluation_period = DateRangeField()
    evaluation_metrics = models.JSONField(default=dict)
    equity = models.JSONField(default=list)
    seed = models.BigIntegerField()
    progress_percent = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True)
    events_seen = models.PositiveIntegerField(default=0)
    bets = models.PositiveIntegerField(default=0)
    roi = models.BigIntegerField(null=True)
    roi_low = models.BigIntegerField(null=True)
    closing_line = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    last_evaluated = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_strategy_evaluation"
        indexes: ClassVar = [
            models.Index(fields=["strategy", "-requested_at", "-id"], name="evaluation_of_strategy"),
            models.Index(fields=["strategy_version", "kind"], name="evaluation_of_version"),
            models.Index(
                fields=["requested_at"], condition=Q(status__in=["pending", "running"]), name="evaluation_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EvaluationKind.values), name="evaluation_kind"),
            models.CheckConstraint(condition=Q(status__in=EvaluationStatus.values), name="evaluation_status"),
            models.CheckConstraint(condition=Q(progress_percent__lte=100), name="evaluation_progress"),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(last_evaluated__isnull=False), name="evaluation_completed_when"
            ),
            models.CheckConstraint(
                condition=Q(kind="paper", paper_run__isnull=False) | ~Q(kind="paper") & Q(paper_run__isnull=True),
                name="evaluation_of_paper_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} over {self.evaluation_period}"


class PaperRun(models.Model):
    """A version of a strategy following live events with paper money, from when it was switched on until off."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    strategy = models.ForeignKey(BettingStrategy, on_delete=models.PROTECT, related_name="paper_runs", db_index=False)
    strategy_version = models.ForeignKey(
        BettingStrategyVersion, on_delete=models.PROTECT, related_name="paper_runs", db_index=False
    )
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_paper_run"
        indexes = [models.Index(fields=["strategy", "-started_at"], name="paper_run_of_strategy")]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy"], condition=Q(stopped_at__isnull=True), name="paper_run_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Paper run since {self.started_at:%Y-%m-%d}"


class PaperStatus(models.TextChoices):
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    PARTIAL = "partial"
    VOID = "void"


class PaperBet(models.Model):
    """A bet nobody paid for, at the price that stood. `results_version` is the result it was settled by, 0 while open.

    `closing_odds_milli` follows our price until play begins, for bets made before it. Chances are in millionths.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(PaperRun, on_delete=models.PROTECT, related_name="bets", db_index=False)
    event = models.ForeignKey("sports.Event", on_delete=models.PROTECT, related_name="+", db_index=False)
    selection = models.ForeignKey("betting.Selection", on_delete=models.PROTECT, related_name="paper_bets")
    placed_at = models.DateTimeField()
    phase = models.CharField(max_length=12)
    minute = models.PositiveSmallIntegerField()
    odds_milli = models.IntegerField()
    closing_odds_milli = models.IntegerField(null=True)
    market_millionths = models.IntegerField(null=True)
    model_millionths = models.IntegerField(null=True)
    stake_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField(null=True)
    status = models.CharField(max_length=8, choices=PaperStatus.choices, default=PaperStatus.OPEN)
    results_version = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_paper_bet"
        indexes = [
            models.Index(fields=["run", "-placed_at", "-id"], name="paper_bet_of_run"),
            models.Index(fields=["event", "run"], name="paper_bet_of_event"),
            models.Index(fields=["placed_at"], name="paper_bet_placed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "selection"], name="paper_bet_once_per_selection"),
            models.CheckConstraint(condition=Q(stake_minor__gt=0), name="paper_bet_stake_positive"),
            models.CheckConstraint(condition=Q(status__in=PaperStatus.values), name="paper_bet_status"),
            models.CheckConstraint(
                condition=Q(status="open", payout_minor__isnull=True, settled_at__isnull=True)
                | ~Q(status="open") & Q(payout_minor__isnull=False, settled_at__isnull=False),
                name="paper_bet_settled_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} paper bet"


class FollowedBook(models.Model):
    """How far paper runs have followed an event: up to this version of its book, in this phase."""

    event = models.OneToOneField("sports.Event", on_delete=models.PROTECT, primary_key=True, related_name="+")
    version = models.BigIntegerField()
    phase = models.CharField(max_length=12)

    class Meta:
        db_table = "betting_followed_book"

    def __str__(self) -> str:
        return f"{self.event_id} followed to {self.version}"
