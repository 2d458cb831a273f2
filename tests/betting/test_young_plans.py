"""A session that made its plans while the tables were known to be empty reads no more when they have grown."""

from importlib import import_module

import pytest
from django.db import connection

from accounts.models import User
from tests.betting.desk import fund, make_priced_event, selection_of
from tests.betting.reading import count_read

pytestmark = pytest.mark.django_db

KEYS_ASKED = 100  # a join makes sense of reading all only where many are asked about
REPLIES = 2_000
ADD_REPLIES = """
    INSERT INTO kit_idempotent_reply (owner_id, key, fingerprint, reply, created_at)
    SELECT gen_random_uuid(), number::text, '', '{}', now() FROM generate_series(1, %s) AS number
"""
READ_SO_FAR = "SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'kit_idempotent_reply'"


def count_replies_read(user: User, selection_id: str) -> int:
    """How many rows of replies one reading of facts touches."""
    return count_read(user, [selection_id], keys=KEYS_ASKED, so_far=READ_SO_FAR)


@pytest.mark.parametrize(("is_joined", "read"), [(False, 0), (True, REPLIES)], ids=["looked up", "control: joined"])
def test_old_replies_are_not_read(ada: User, is_joined: bool, read: int) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    with connection.cursor() as cursor:
        if is_joined:
            joined = import_module("betting.migrations.0019_keys_looked_up_one_by_one").BEFORE
            cursor.execute(import_module("betting.migrations.0030_place_margins").with_place_margin(joined))
        cursor.execute("ANALYZE kit_idempotent_reply")
        cursor.execute("DISCARD PLANS")
    count_replies_read(ada, str(home.id))
    with connection.cursor() as cursor:
        cursor.execute(ADD_REPLIES, [REPLIES])

    assert count_replies_read(ada, str(home.id)) == read
