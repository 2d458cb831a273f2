"""The process that executes durable reactions: woken by Redis, kept honest by a poll every second."""

import logging
import signal
import time
from types import FrameType
from typing import Any

import redis
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from project.kit import bus, reactions
from project.kit.metrics import Reporter
from project.kit.redis import redis_client

logger = logging.getLogger(__name__)

POLL_S = 1.0  # what a lost wake-up costs at most
AWAY_PAUSE_S = 0.5


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; several at once are safe, cursors are row-locked."""

    help = "Execute durable reactions as events arrive."
    requires_system_checks: tuple[str, ...] = ()  # `prepare_stack` makes them, once for all processes
    stopping = False

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        wake = redis_client().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis
        reporter = Reporter("reactions")
        handled = 0
        while not self.stopping:
            try:
                close_old_connections()
                moved = sum(reactions.run_once(reaction) for reaction in reactions.find_due())
            except (OperationalError, InterfaceError) as error:
                logger.warning("reactions wait for the database: %s", error)
                time.sleep(AWAY_PAUSE_S)
                continue
            handled += moved
            if reporter.is_due():
                reporter.publish(counters={"handled": handled})
            if not moved:
                self._wait(wake)

    def _wait(self, wake: "redis.client.PubSub") -> None:
        try:
            if not wake.subscribed:
                wake.subscribe(bus.REACTIONS_WAKE)  # type: ignore[no-untyped-call]  # redis
            wake.get_message(timeout=POLL_S)
        except redis.RedisError as error:
            logger.warning("reactions poll without Redis: %s", error)
            time.sleep(AWAY_PAUSE_S)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True
