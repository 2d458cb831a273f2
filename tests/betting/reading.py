"""What one reading of the facts of slips touches in the tables, as PostgreSQL counts it."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import connection, transaction

from accounts.models import User
from betting.queries.acceptance import Wanted, read_facts
from project.kit import clock


@transaction.atomic
def count_read(user: User, selection_ids: Sequence[str], *, keys: int, so_far: str) -> int:
    """By how much `so_far`, a query for a counter of this transaction, grows with one reading of so many new keys."""
    wanted = Wanted(selection_ids, [str(user.id)] * keys, ["PLY"] * keys, [str(uuid4()) for _ in range(keys)])
    with connection.cursor() as cursor:
        cursor.execute(so_far)
        before: int = cursor.fetchone()[0]
        read_facts(wanted, now=clock.now, is_locking=True)
        cursor.execute(so_far)
        after: int = cursor.fetchone()[0]
    return after - before
