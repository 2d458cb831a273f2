"""Handing work to Celery by name, after commit. A lost job costs time only: a sweep finds what it missed."""

from typing import Any, Literal

from celery import current_app
from django.db import transaction

from project.kit.redis import redis_client

Queue = Literal["money", "prices", "default"]

COALESCE_MS = 10_000  # a job that never started stops holding back its successors after this long


def enqueue(task: str, *, queue: Queue, coalesce: str | None = None, **arguments: Any) -> None:
    """Send a task after commit. With `coalesce`, one that waits unstarted under the same key stands for this one.

    A coalesced task calls `begin_coalesced` before it reads anything.
    """

    def send() -> None:
        if coalesce and not redis_client().set(_flag(coalesce), b"1", nx=True, px=COALESCE_MS):
            return
        current_app.send_task(task, kwargs=arguments, queue=queue, retry=False)

    transaction.on_commit(send, robust=True)


def begin_coalesced(coalesce: str) -> None:
    """Let the next job of this key be queued again: what changes from now on needs another run."""
    redis_client().delete(_flag(coalesce))


def _flag(coalesce: str) -> str:
    return f"job:{coalesce}"
