"""The floor of settlement: what the database needs to write a status into every slip of an event, and nothing else.

The same walk by people, the same batches, each committed. One leg a slip is assumed, so nothing has to be found twice.
"""

from typing import Final
from uuid import UUID

from django.db import connection

# With the rest switched off each slip is looked up by its key, which is the cheapest plan for a batch: the planner, who
# expects other numbers of rows, would now and then rather read the whole table.
_BEST_PLAN: Final = "SET enable_hashjoin TO off; SET enable_mergejoin TO off; SET enable_seqscan TO off"
_NEXT: Final = """
    SELECT user_id, slip_id FROM betting_leg
     WHERE event_id = %(event)s AND (user_id, slip_id) > (%(user)s, %(slip)s)
     ORDER BY user_id, slip_id OFFSET %(batch)s - 1 LIMIT 1
"""
_UPDATE: Final = """
    UPDATE betting_slip AS slip SET status = 'lost'
      FROM betting_leg AS leg
     WHERE slip.id = leg.slip_id AND leg.event_id = %(event)s
       AND (leg.user_id, leg.slip_id) > (%(user)s, %(slip)s)
       AND (leg.user_id, leg.slip_id) <= (%(to_user)s, %(to_slip)s)
"""
LOWEST, HIGHEST = UUID(int=0), UUID(int=2**128 - 1)


def update_statuses(event_id: UUID, batch_slips: int) -> int:
    """Set the status of every slip of an event, batch by batch; answers how many. Meant for a session of its own."""
    updated = 0
    user_id = slip_id = LOWEST
    with connection.cursor() as cursor:
        cursor.execute(_BEST_PLAN)
        while user_id != HIGHEST:
            arguments: dict[str, UUID | int] = {
                "event": event_id,
                "user": user_id,
                "slip": slip_id,
                "batch": batch_slips,
            }
            cursor.execute(_NEXT, arguments)
            user_id, slip_id = cursor.fetchone() or (HIGHEST, HIGHEST)
            cursor.execute(_UPDATE, arguments | {"to_user": user_id, "to_slip": slip_id})
            updated += cursor.rowcount
    return updated
