"""The Celery application: `celery -A project.celery worker`. Tasks live in each app's `tasks.py`."""

from typing import Any

from celery import Celery, signals
from django.db import close_old_connections

from project import worker_reports  # noqa: F401  its signals are connected by importing it
from project.memory import settle_memory

# Celery closes the database connection after every task unless told to keep it for so many tasks; Django's own
# CONN_MAX_AGE and health check then decide, as they do for requests.
TASKS_PER_CONNECTION = 1_000_000_000

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
