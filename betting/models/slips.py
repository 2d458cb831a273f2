"""Slips, their legs, and the append-only history of what each settlement made of them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact

from project.kit.fields import WrittenJsonField
from project.kit.ids import new_id


class SlipStatus(models.TextChoices):
    """The life of a slip; the source's Pending is pending_delay and accepted together."""

    PENDING_DELAY = "pending_delay"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    WON = "won"
    LOST = "lost"
    PARTIAL = "partial"
    VOID = "void"
    CASHED_OUT = "cashed_out"


OPEN_STATUSES = (SlipStatus.PENDING_DELAY, SlipStatus.ACCEPTED)
SETTLED_STATUSES = (SlipStatus.WON, SlipStatus.LOST, SlipStatus.PARTIAL, SlipStatus.VOID, SlipStatus.CASHED_OUT)


class PricePolicy(models.TextChoices):
    """Which price moves the person takes without being asked again."""

    NONE = "none"
    BETTER = "better"
    ANY = "any"


class BetType(models.TextChoices):
    """What lines a slip has; `core/bet_types.py` holds the sizes of each."""

    SINGLE = "single"
    ACCUMULATOR = "accumulator"
    TRIXIE = "trixie"
    PATENT = "patent"
    YANKEE = "yankee"
    LUCKY15 = "lucky15", "Lucky 15"
    SUPER_YANKEE = "super_yankee"
    LUCKY31 = "lucky31", "Lucky 31"
    HEINZ = "heinz"
    LUCKY63 = "lucky63", "Lucky 63"
    SUPER_HEINZ = "super_heinz"
    GOLIATH = "goliath"
    SYSTEM = "system"


class BetSlip(models.Model):
    """A bet that stands. `potential_win` is what it pays if it wins, stake included.

    event, bet_type and predicted_outcome answer for singles. `match_state` is what the server knew when it accepted.
    `stake` is that of all lines together, of which `line_count` count each-way lines twice; `line_sizes` says how many
    legs beside the bankers a line has. `remaining_stake` is what cash-outs have left running, `payout` what the last
    settlement paid for it, `uncapped` the same before the cap `payout_minor_max`. `results_sum` adds up the result
    versions that settlement used: it differs from today's sum exactly when the slip has to be settled again. The event
    has no constraint in the database for the reason given at `BetLeg`; nor has the person, whose wallet is charged in
    the transaction that writes the slip.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="slips", db_index=False, db_constraint=False
    )
    event = models.ForeignKey(
        "sports.Event", on_delete=models.PROTECT, null=True, related_name="slips", db_index=False, db_constraint=False
    )
    bet_type = models.CharField(max_length=20, choices=BetType.choices, default=BetType.SINGLE)
    line_sizes = ArrayField(models.PositiveSmallIntegerField())
    line_count = models.PositiveIntegerField(default=1)
    is_each_way = models.BooleanField(default=False)
    predicted_outcome = models.CharField(max_length=40, blank=True, default="")
    currency = models.CharField(max_length=3)
    stake_minor = models.BigIntegerField()
    free_bet = models.ForeignKey(
        "betting.FreeBet", on_delete=models.PROTECT, null=True, related_name="slips", db_index=False
    )
    odds_milli = models.IntegerField(null=True)
    potential_win_minor = models.BigIntegerField()
    payout_minor_max = models.BigIntegerField(null=True)
    remaining_stake_minor = models.BigIntegerField()
    cashed_out_minor = models.BigIntegerField(default=0)
    cash_out_target_minor = models.BigIntegerField(null=True)
    payout_minor = models.BigIntegerField(null=True)
    uncapped_minor = models.DecimalField(max_digits=80, decimal_places=0, null=True)
    results_sum = models.BigIntegerField(default=0)
    status = models.CharField(max_length=16, choices=SlipStatus.choices)
    price_policy = models.CharField(max_length=8, choices=PricePolicy.choices)
    match_state = WrittenJsonField()
    settlement_no = models.PositiveIntegerField(default=0)
    placed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    rejection = models.JSONField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "betting_slip"
        indexes = [
            models.Index(fields=["user", "-placed_at", "-id"], name="slip_of_person"),
            models.Index(fields=["free_bet"], condition=Q(free_bet__isnull=False), name="slip_of_free_bet"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="slip_due"),
            models.Index(
                fields=["id"],
                # Not the status too: settlement changes that, and would have to write every index of the slip.
                condition=Q(cash_out_target_minor__isnull=False),
                name="slip_with_target",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SlipStatus.values), name="slip_status_known"),
            models.CheckConstraint(condition=Q(bet_type__in=BetType.values), name="slip_bet_type_known"),
            models.CheckConstraint(
                condition=Q(remaining_stake_minor__gte=0, remaining_stake_minor__lte=F("stake_minor")),
                name="slip_remaining_within_stake",
            ),
            models.CheckConstraint(condition=Q(cashed_out_minor__gte=0), name="slip_cashed_out_positive"),
            # Each line has a stake of at least one minor unit, and half of those each way are for a place.
            models.CheckConstraint(
                condition=Q(line_count__gte=1, line_count__lte=F("stake_minor")), name="slip_lines_have_stakes"
            ),
            models.CheckConstraint(
                condition=Q(is_each_way=False) | Q(Exact(F("line_count") % 2, 0)), name="slip_each_way_lines_in_pairs"
            ),
            models.CheckConstraint(
                condition=Q(status=SlipStatus.REJECTED, rejection__isnull=False)
                | (~Q(status=SlipStatus.REJECTED) & Q(rejection__isnull=True)),
                name="slip_rejection_says_why",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(status=SlipStatus.PENDING_DELAY), name="slip_due_while_pending"
            ),
            models.CheckConstraint(
                condition=Q(payout_minor__isnull=True)
                | Q(payout_minor__gte=0, payout_minor__lte=F("potential_win_minor")),
                name="slip_payout_within_promise",
            ),
            models.CheckConstraint(
                condition=Q(payout_minor__isnull=True, settled_at__isnull=True)
                | Q(payout_minor__isnull=False, settled_at__isnull=False, settlement_no__gt=0),
                name="slip_settled_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Slip {self.id}"


class BetLeg(models.Model):
    """One selection of a slip at its struck price: a fact, which changes only while its slip waits out its delay.

    What became of it is the selection's to say. `user` is the slip's: settlement walks the legs of an event person by
    person. `event_stops` and `market_stops` are the counts of stops when the slip was placed; a delayed slip dies with
    any stop since.

    Event, market and selection have no constraint in the database: a foreign key would lock the row of a popular
    selection for every slip. Books are never deleted. The slip has none because one statement writes both; `id` has a
    block range index in place of a unique one, and comes from the database.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slip = models.ForeignKey(
        BetSlip, on_delete=models.PROTECT, related_name="legs", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField(default=1)
    event = models.ForeignKey(
        "sports.Event", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    market = models.ForeignKey(
        "betting.Market", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    selection = models.ForeignKey(
        "betting.Selection", on_delete=models.PROTECT, related_name="legs", db_index=False, db_constraint=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    seen_odds_milli = models.IntegerField()
    odds_milli = models.IntegerField()
    is_banker = models.BooleanField(default=False)
    price_policy = models.CharField(max_length=8, choices=PricePolicy.choices, default=PricePolicy.NONE)
    event_stops = models.PositiveIntegerField(default=0)
    market_stops = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "betting_leg"
        indexes = [
            models.Index(fields=["event", "user", "slip"], name="leg_of_event_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slip", "position"], name="leg_once_per_position"),
            models.CheckConstraint(condition=Q(position__gte=1), name="leg_position_from_one"),
            models.CheckConstraint(
                condition=Q(odds_milli__gt=1_000, seen_odds_milli__gt=1_000), name="leg_odds_above_one"
            ),
        ]

    def __str__(self) -> str:
        return f"Leg {self.position} of {self.slip_id}"


class BetHistory(models.Model):
    """What one settlement of one slip came to. Append-only: a correction is a further row, a loss leaves one too.

    Written for every slip of a market at once, so it is lean: settlement writes it under the slip's own row, and slips
    and people are never deleted, so no key is checked; `id` has a block range index in place of a unique one.
    """

    id = models.BigAutoField(primary_key=True)
    bet_slip = models.ForeignKey(
        BetSlip, on_delete=models.PROTECT, related_name="history", db_index=False, db_constraint=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    settlement_no = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=SlipStatus.choices)
    actual_result = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    winnings_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()
    results_used = WrittenJsonField()
    timestamp = models.DateTimeField()

    class Meta:
        db_table = "betting_history"
        verbose_name_plural = "bet history"
        constraints = [models.UniqueConstraint(fields=["bet_slip", "settlement_no"], name="slip_settled_once")]

    def __str__(self) -> str:
        return f"{self.outcome} (settlement {self.settlement_no})"
