"""The relay process: woken by Redis, kept honest by a poll four times a second, patient when a server is away."""

import logging
import signal
import time
from types import FrameType
from typing import Any, Final

import redis
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from project.kit import bus
from project.kit.metrics import Reporter
from project.kit.redis import redis_client
from realtime.relay import relay_pending, try_become_relay

logger = logging.getLogger(__name__)

POLL_S: Final = 0.25  # what a lost wake-up costs at most
AWAY_PAUSE_S: Final = 0.25
STANDBY_PAUSE_S: Final = 1.0  # another relay holds the lock: this one takes over when that one dies


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT. Of several only one relays, the others stand by."""

    help = "Publish stored changes of sequenced topics to the sockets' hubs."
    requires_system_checks: tuple[str, ...] = ()  # `prepare_stack` makes them, once for all processes
    stopping = False
    locked_connection: object = None
    is_away = False
    state = ""
    lag_ms = 0.0
    relayed_count = 0

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        client: Any = redis_client()  # its subscriptions have no types
        wake = client.pubsub(ignore_subscribe_messages=True)
        self.reporter = Reporter("relay")
        while not self.stopping:
            try:
                if not self._is_the_relay():
                    self._report()
                    time.sleep(STANDBY_PAUSE_S)
                    continue
                relayed = relay_pending()
            except (OperationalError, InterfaceError, redis.RedisError) as error:
                self._be_patient(error)
                continue
            self.is_away = False
            self.lag_ms = max(self.lag_ms, relayed.lag_ms)
            self.relayed_count += relayed.count
            self._report()
            if not relayed.count:
                self._wait(wake)

    def _is_the_relay(self) -> bool:
        """The lock lives and dies with the connection it was taken on."""
        if connection.connection is not None and connection.connection is self.locked_connection:
            return True
        if not try_become_relay():
            self._say("standing by: another relay is at work")
            return False
        self._say("relaying")
        self.locked_connection = connection.connection
        return True

    def _say(self, state: str) -> None:
        if state != self.state:
            logger.info(state)
        self.state = state

    def _be_patient(self, error: Exception) -> None:
        if not self.is_away:
            logger.warning("the relay waits for a server: %s", error)
        self.is_away = True
        if not isinstance(error, redis.RedisError):
            connection.close()
        time.sleep(AWAY_PAUSE_S)

    def _wait(self, wake: Any) -> None:
        """Until the next wake-up or poll; wake-ups that piled up count as one."""
        try:
            if not wake.subscribed:
                wake.subscribe(bus.RELAY_WAKE)
            if wake.get_message(timeout=POLL_S) is not None:
                while wake.get_message(timeout=0) is not None:
                    pass
        except redis.RedisError as error:
            self._be_patient(error)

    def _report(self) -> None:
        """The lag told is the longest since the last report."""
        if self.reporter.is_due():
            self.reporter.publish(
                gauges={"lag_ms": self.lag_ms}, counters={"relayed": self.relayed_count}, state=self.state
            )
            self.lag_ms = 0.0

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True
