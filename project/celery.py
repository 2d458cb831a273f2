"""The Celery application: `celery -A project.celery worker`. Tasks live in each app's `tasks.py`."""

import threading
from typing import Any

from celery import Celery, signals
from django.db import close_old_connections

from project import worker_reports  # noqa: F401  its signals are connected by importing it
from project.memory import settle_memory

# Celery closes the database connection after every task unless told to keep it for so many tasks; Django's own
# CONN_MAX_AGE and health check then decide, as they do for requests.
TASKS_PER_CONNECTION = 1_000_000_000

_is_over = threading.Event()
app = Celery("touchline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = TASKS_PER_CONNECTION
app.autodiscover_tasks()


@signals.task_prerun.connect
def forget_broken_connections(**_: Any) -> None:
    close_old_connections()


@signals.worker_process_init.connect
def settle_worker(**_: Any) -> None:
    settle_memory()


@signals.worker_ready.connect
def judge_delayed_bets(sender: Any, **_: Any) -> None:
    """Workers of the money queue judge bets in play beside their tasks, every tenth of a second."""
    if "money" in sender.app.amqp.queues.consume_from:
        from betting.tasks import judge_delayed_for_ever  # needs the registry of apps, which is ready by now

        threading.Thread(target=judge_delayed_for_ever, args=(_is_over,), name="judge", daemon=True).start()


@signals.worker_shutting_down.connect
def end_judging(**_: Any) -> None:
    _is_over.set()
