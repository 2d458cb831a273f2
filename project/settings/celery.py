"""Settings of the Celery workers, and the schedule of everything that happens by the clock."""

from typing import Any

from celery.schedules import crontab

CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
# A task is acknowledged when it is done, so a killed worker's tasks run again: every task bears to run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 100
CELERY_TASK_SOFT_TIME_LIMIT = 90
# With Kombu's defaults a killed worker's tasks come back about 100 s later than these allow.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": None,
    "socket_connect_timeout": 3,
    "retry_policy": {"timeout": 3.0},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 0.5}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100_000


def every(task: str, seconds: float, *, queue: str = "default") -> dict[str, Any]:
    """One line of the schedule. A run that no worker took before the next is due is dropped."""
    return {"task": task, "schedule": seconds, "options": {"queue": queue, "expires": seconds}}


def nightly(task: str, *, hour: int, minute: int) -> dict[str, Any]:
    """One line of the schedule for what reads everything: once a day, UTC, when little else happens."""
    return {"task": task, "schedule": crontab(hour=hour, minute=minute), "options": {"queue": "default"}}


# Sweeps catch what a lost message missed; nothing waits for them in the normal course.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    entry["task"]: entry
    for entry in (
        every("betting.sweep_prices", 2.0, queue="prices"),
        every("betting.sweep_settlements", 5.0, queue="money"),
        every("betting.judge_delayed", 5.0, queue="money"),
        every("betting.sweep_pools", 5.0, queue="money"),
        every("betting.open_house_pools", 20.0),
        every("betting.sweep_cash_out_targets", 2.0, queue="money"),
        every("betting.show_switches", 2.0, queue="prices"),
        every("betting.fold_exposure", 0.5),
        every("betting.trim_cash_out_quotes", 600.0),
        every("betting.follow_paper_runs", 3.0),
        every("betting.settle_paper_bets", 10.0),
        every("betting.sweep_evaluations", 60.0),
        every("betting.sweep_patterns", 300.0),
        every("betting.count_standings", 60.0),
        every("betting.expire_free_bets", 600.0),
        nightly("betting.verify_ledger", hour=3, minute=30),
        every("ml.refresh_open_insights", 10.0),
        every("ml.train_house_model", 60.0),
        every("payments.fold_house_accounts", 60.0),
        every("kit.trim_history", 600.0),
    )
}
