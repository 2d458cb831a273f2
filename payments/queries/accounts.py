"""House accounts and their true balances."""

from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.core.postings import HouseAccount
from payments.models import HouseMovement, LedgerAccount


def house_account_id(kind: HouseAccount, currency: str) -> UUID:
    """The id of a house account, which is created on first use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_house_account(%s, %s)", [kind.value, currency])
        account_id: UUID = cursor.fetchone()[0]
    return account_id


def pool_account_id(pool_id: UUID, currency: str) -> UUID:
    """The id of a pool's account, which is created on first use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_pool_account(%s, %s)", [pool_id, currency])
        account_id: UUID = cursor.fetchone()[0]
    return account_id


def get_pool_balance_minor(pool_id: UUID, currency: str) -> int:
    """What a pool holds: the folded balance and the movements not yet folded."""
    return _true_balance(LedgerAccount.objects.filter(kind="pool", subject_id=pool_id, currency=currency))


def get_house_balance_minor(kind: HouseAccount, currency: str) -> int:
    """What a house account holds: the folded balance and the movements not yet folded, in one statement."""
    return _true_balance(LedgerAccount.objects.filter(kind=kind, currency=currency))


def _true_balance(accounts: QuerySet[LedgerAccount]) -> int:
    unfolded = HouseMovement.objects.filter(account_id=OuterRef("id")).order_by()
    total = unfolded.values("account_id").annotate(total=Sum("amount_minor")).values("total")
    row = (
        accounts.annotate(true_balance=F("balance_minor") + Coalesce(Subquery(total), 0))
        .values_list("true_balance", flat=True)
        .first()
    )
    return int(row or 0)
