"""Money's background work."""

from celery import shared_task

from payments.actions.ledger import fold_house_accounts


@shared_task(name="payments.fold_house_accounts", soft_time_limit=30, time_limit=60)
def fold() -> None:
    """Beat calls this every minute; a missed run only leaves more to the next."""
    fold_house_accounts()
