"""What accepted slips put at risk, without a hot row: deltas are appended and folded into totals a moment later."""

from django.db import models


class ExposureDelta(models.Model):
    """One accepted leg not folded yet, or what a cash-out or a cancel window took of a market.

    No constraints in the database, as for legs: they would lock hot rows. Nobody asks for a row by its `id`, which has
    no index.
    """

    id = models.BigAutoField(primary_key=True)
    market = models.ForeignKey(
        "betting.Market", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    selection = models.ForeignKey(
        "betting.Selection", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    currency = models.CharField(max_length=3)
    stake_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField()

    class Meta:
        db_table = "betting_exposure_delta"
        indexes = [models.Index(fields=["market", "currency"], name="exposure_delta_market")]


class SelectionExposure(models.Model):
    """The folded stakes on a selection and what they would pay if it won. `version` grows with every fold."""

    id = models.BigAutoField(primary_key=True)
    market = models.ForeignKey(
        "betting.Market", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    selection = models.ForeignKey(
        "betting.Selection", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    currency = models.CharField(max_length=3)
    stake_minor = models.BigIntegerField()
    payout_minor = models.BigIntegerField()
    version = models.BigIntegerField(db_default=1)

    class Meta:
        db_table = "betting_exposure"
        indexes = [models.Index(fields=["market", "currency"], name="exposure_market")]
        constraints = [models.UniqueConstraint(fields=["selection", "currency"], name="exposure_once")]
