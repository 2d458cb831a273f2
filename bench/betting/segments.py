"""The log of a PostgreSQL that has run for a while: segments to write over, as checkpoints leave them.

A new database has none. Then the commit that fills a segment of 16 MB makes the next one, and everybody's commits wait
some 50 to 100 ms for the disk: about once a second at half load, for as long as the site is young.
"""

from typing import Final

from django.db import connection

KEPT: Final = 240  # of 16 MB: more than a part of this benchmark writes
_NEXT: Final = "SELECT pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()"  # an empty one is not left


def keep_segments(count: int) -> None:
    """Have so many segments made now and kept. Takes some 50 ms for each on an ordinary disk."""
    with connection.cursor() as cursor:
        for _ in range(count):
            cursor.execute(_NEXT)
        cursor.execute("CHECKPOINT")
