"""House accounts and their true balances."""

from uuid import UUID

from django.db import connection
from django.db.models import F, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.core.postings import HouseAccount
from payments.models import HouseMovement, LedgerAccount


def house_account_id(kind: HouseAccount, currency: str) -> UUID:
    """The id of a house account, which is created on first use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_house_account(%s, %s)", [kind.value, currency])
        account_id: UUID = cursor.fetchone()[0]
    return account_id


def get_house_balance_minor(kind: HouseAccount, currency: str) -> int:
    """What a house account holds: the folded balance and the movements not yet folded, in one statement."""
    unfolded = HouseMovement.objects.filter(account__kind=kind, account__currency=currency).order_by()
    total = unfolded.values("account_id").annotate(total=Sum("amount_minor")).values("total")
    row = (
        LedgerAccount.objects.filter(kind=kind, currency=currency)
        .annotate(true_balance=F("balance_minor") + Coalesce(Subquery(total), 0))
        .values_list("true_balance", flat=True)
        .first()
    )
    return int(row or 0)
