"""A Celery scheduler that only works while it holds a database lock: two of them never send everything twice."""

from typing import Any, Final

from celery.beat import Scheduler
from django.db import OperationalError, connection

from project.kit.metrics import Reporter

# Any number that no other part of the site uses as an advisory lock.
LOCK_ID: Final = 7_305_442_118_906_233
RETRY_S: Final = 5.0


class LockedScheduler(Scheduler):
    """Keeps its schedule in memory: every entry is an interval short enough to begin anew."""

    reporter: Reporter | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        is_the_one = holds_lock()
        self._report("scheduling" if is_the_one else "standing by")
        if not is_the_one:
            return RETRY_S
        return min(float(super().tick(*args, **kwargs)), RETRY_S)

    def _report(self, state: str) -> None:
        self.reporter = self.reporter or Reporter("beat")
        if self.reporter.is_due():
            self.reporter.publish(state=state)


def holds_lock() -> bool:
    """The lock belongs to the connection: a lost connection loses it, and another scheduler takes over."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"
                " OR pg_try_advisory_lock(%s)",
                [LOCK_ID],
            )
            (is_held,) = cursor.fetchone()
    except OperationalError:
        connection.close()
        return False
    return bool(is_held)
