"""The book of an event: its markets, their selections and prices, and every price there was."""

from django.db import models
from django.db.models import Q

from betting.core.ladder import ODDS_MILLI_MAX, ODDS_MILLI_MIN
from betting.models.results import ResultChoice
from project.kit.ids import new_id


class MarketStatus(models.TextChoices):
    """Who closed it matters: a desk suspends, the score makes inactive, the result settles."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"


class EventBook(models.Model):
    """One per event. `version` grows with every change of a market or price; its row lock orders those changes.

    `is_suspended` is the desk's stop of the whole event, beside the stop that the match itself makes. `shown_switches`
    is the version of the betting switches that its markets show. `results_no` counts the changes of results and of what
    else its settlement reads; a settlement plans the slips for one of these counts, and has settled them up to another.
    """

    event = models.OneToOneField("sports.Event", on_delete=models.PROTECT, primary_key=True, related_name="book")
    version = models.BigIntegerField(default=0)
    priced_state_version = models.BigIntegerField(default=0)
    priced_incident_seq = models.IntegerField(default=-1)
    priced_at = models.DateTimeField(null=True)
    graded_result_version = models.PositiveIntegerField(default=0)
    settled_result_version = models.PositiveIntegerField(default=0)
    results_no = models.BigIntegerField(db_default=0)
    planned_results_no = models.BigIntegerField(db_default=0)
    settled_results_no = models.BigIntegerField(db_default=0)
    is_suspended = models.BooleanField(db_default=False)
    stop_count = models.PositiveIntegerField(db_default=0)
    shown_switches = models.PositiveIntegerField(db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "betting_event_book"
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_result_version__lte=models.F("graded_result_version")),
                name="book_settles_what_is_graded",
            )
        ]
        indexes = [
            models.Index(
                fields=["event"], condition=Q(results_no__gt=models.F("settled_results_no")), name="book_unsettled"
            )
        ]

    def __str__(self) -> str:
        return f"Book of {self.event_id}"


class Market(models.Model):
    """One question about an event; `key` (type and specifiers) is unique within it, so lines are instances.

    `sport` is the event's: with the type it names the market's kind in the catalogue.

    `each_way_places` at the fraction `each_way_numerator/each_way_denominator` of the win odds, where it is offered.
    `stop_count` grows whenever the desk stops the market or a result of it changes: a delayed slip dies with either.
    `is_stopped` says that its event, its sport or all betting is stopped: it is what clients are shown, while a slip is
    judged by the book and the switches themselves.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey("sports.Event", on_delete=models.PROTECT, related_name="markets", db_index=False)
    sport = models.CharField(max_length=12, db_default="football")
    key = models.CharField(max_length=80)
    market_type = models.CharField(max_length=40)
    specifiers = models.JSONField(default=dict)
    name = models.CharField(max_length=120)
    group = models.CharField(max_length=20)
    sort = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=MarketStatus.choices, default=MarketStatus.ACTIVE)
    each_way_places = models.PositiveSmallIntegerField(null=True)
    each_way_numerator = models.PositiveSmallIntegerField(null=True)
    each_way_denominator = models.PositiveSmallIntegerField(null=True)
    stop_count = models.PositiveIntegerField(default=0)
    is_stopped = models.BooleanField(db_default=False)
    version = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "betting_market"
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="market_once_per_event"),
            models.CheckConstraint(condition=Q(status__in=MarketStatus.values), name="market_status_known"),
            models.CheckConstraint(
                condition=Q(
                    each_way_places__isnull=True, each_way_numerator__isnull=True, each_way_denominator__isnull=True
                )
                | Q(
                    # Each by itself: what is compared with nothing is neither true nor false, and a check lets it pass.
                    each_way_places__isnull=False,
                    each_way_numerator__isnull=False,
                    each_way_denominator__isnull=False,
                    each_way_places__gte=1,
                    each_way_numerator__gte=1,
                    each_way_denominator__gte=1,
                ),
                name="market_each_way_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_status(self) -> str:
        """What clients are shown: an open market is suspended while its event, its sport or all betting is stopped."""
        return MarketStatus.SUSPENDED if self.is_stopped and self.status == MarketStatus.ACTIVE else self.status


class Selection(models.Model):
    """One outcome with our price. `version` is the book's version at which the row last changed.

    `result_version` grows by one with every change of anything a settlement of this selection reads: its result, a
    dead heat, a deduction, a cancel window. `dead_heat_places` of `dead_heat_tied` is the share that a tie leaves of
    the win part, `place_...` of the place part of an each-way bet. While the desk holds a price in `held_odds_milli`
    repricing leaves it alone. `pressure` is what stakes have added to the logarithm of the chance so far.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="selections", db_index=False)
    outcome = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    sort = models.PositiveSmallIntegerField()
    initial_odds_milli = models.IntegerField(null=True)
    odds_milli = models.IntegerField(null=True)
    probability = models.FloatField(null=True)
    held_odds_milli = models.IntegerField(null=True)
    pressure = models.FloatField(db_default=0.0)
    version = models.BigIntegerField(default=0)
    result = models.CharField(max_length=8, choices=ResultChoice.choices, default="", blank=True)
    void_halves = models.PositiveSmallIntegerField(default=0)
    dead_heat_places = models.PositiveSmallIntegerField(default=1)
    dead_heat_tied = models.PositiveSmallIntegerField(default=1)
    place_result = models.CharField(max_length=8, choices=ResultChoice.choices, default="", blank=True)
    place_dead_heat_places = models.PositiveSmallIntegerField(default=1)
    place_dead_heat_tied = models.PositiveSmallIntegerField(default=1)
    result_version = models.PositiveIntegerField(default=0)
    result_produced_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "betting_selection"
        constraints = [
            models.UniqueConstraint(fields=["market", "outcome"], name="selection_once_per_market"),
            models.CheckConstraint(
                condition=Q(odds_milli__isnull=True) | Q(odds_milli__range=(ODDS_MILLI_MIN, ODDS_MILLI_MAX)),
                name="selection_odds_on_ladder",
            ),
            models.CheckConstraint(
                condition=Q(held_odds_milli__isnull=True) | Q(held_odds_milli__range=(ODDS_MILLI_MIN, ODDS_MILLI_MAX)),
                name="selection_held_odds_on_ladder",
            ),
            models.CheckConstraint(condition=Q(result__in=["", *ResultChoice.values]), name="selection_result_known"),
            models.CheckConstraint(condition=Q(void_halves__lte=2), name="selection_void_halves"),
            models.CheckConstraint(
                condition=Q(place_result__in=["", *ResultChoice.values]), name="selection_place_result_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    dead_heat_places__gte=1,
                    dead_heat_places__lte=models.F("dead_heat_tied"),
                    place_dead_heat_places__gte=1,
                    place_dead_heat_places__lte=models.F("place_dead_heat_tied"),
                ),
                name="selection_dead_heat_shares",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DynamicOdds(models.Model):
    """Our first and our current price of every selection: a view over the price rows, so it can never disagree."""

    selection = models.OneToOneField(
        Selection, on_delete=models.DO_NOTHING, primary_key=True, related_name="dynamic_odds"
    )
    event = models.ForeignKey("sports.Event", on_delete=models.DO_NOTHING, related_name="+")
    bet_type = models.CharField(max_length=130)
    initial_odds_milli = models.IntegerField()
    current_odds_milli = models.IntegerField(null=True)
    last_updated = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "betting_dynamic_odds"
        verbose_name_plural = "dynamic odds"

    def __str__(self) -> str:
        return self.bet_type


class PricePoint(models.Model):
    """A price that was on offer: appended whenever the price of a charted selection moves."""

    id = models.BigAutoField(primary_key=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="price_points", db_index=False)
    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="price_points", db_index=False)
    minute = models.PositiveSmallIntegerField()
    odds_milli = models.IntegerField(null=True)
    probability = models.FloatField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "betting_price_point"
        indexes = [models.Index(fields=["market", "id"], name="price_point_market")]

    def __str__(self) -> str:
        return f"{self.selection_id} at {self.minute}'"
