"""What Celery's worker processes tell of themselves: each child counts its tasks and reports beside them."""

import threading
from typing import Any, Final

from celery import signals

from project.kit.metrics import REPORT_EVERY_S, Reporter

_counts: Final = {"tasks_done": 0, "tasks_failed": 0}
_kind = "worker"


@signals.celeryd_init.connect
def take_name(sender: str, **_: Any) -> None:
    """Called in the parent, before it forks: `money@host` makes every child a `worker-money`."""
    global _kind
    _kind = f"worker-{sender.partition('@')[0]}"


@signals.worker_process_init.connect
def begin_reports(**_: Any) -> None:
    """A thread of its own: a child with nothing to do lives as well, and one that hangs in a task is still there."""
    threading.Thread(target=_report_for_ever, name="reports", daemon=True).start()


@signals.task_success.connect
def count_done(**_: Any) -> None:
    _counts["tasks_done"] += 1


@signals.task_failure.connect
def count_failed(**_: Any) -> None:
    _counts["tasks_failed"] += 1


def _report_for_ever() -> None:
    reporter = Reporter(_kind)
    pause = threading.Event()
    while True:
        reporter.publish(counters=dict(_counts))
        pause.wait(REPORT_EVERY_S)
