"""The feed process: plays the matches of all sports until it is told to stop. Only one of them works at a time."""

import logging
import signal
import threading
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from project.kit.metrics import Reporter
from sports.feeds.engine import FeedEngine
from sports.feeds.sources import FixtureSource, open_other_sources, open_source

logger = logging.getLogger(__name__)

LOCK_NAME: Final = "sports.run_feed"
RETRY_SECONDS: Final = 1.0


class Command(BaseCommand):
    help = "Keep TOUCHLINE_LIVE_MATCHES football matches live, recorded ones where TOUCHLINE_DATA has them, and others."
    requires_system_checks: tuple[str, ...] = ()  # `prepare_stack` makes them, once for all processes

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.reporter = Reporter("feed")
        sources = _open_sources()
        logger.info("the feed plays %s", ", ".join(source.source_name for source, _ in sources))
        while not stop.is_set():
            try:
                self._run(sources, stop)
            except (OperationalError, InterfaceError) as error:
                # The database is away: the engine is built anew from it when it is back.
                logger.warning("the feed waits for the database: %s", str(error).strip())
                connection.close()
                stop.wait(RETRY_SECONDS)

    def _run(self, sources: Sequence[tuple[FixtureSource, int]], stop: threading.Event) -> None:
        while not _lock_feed():
            self._report("standing by", live_matches=0)
            if stop.wait(RETRY_SECONDS):
                return
        engines = [
            FeedEngine(source=source, match_seconds=settings.MATCH_SECONDS, live_matches=slots)
            for source, slots in sources
        ]
        for engine in engines:
            engine.open()
        logger.info("the feed plays %d events", _count_live(engines))
        while not stop.wait(min(engine.run_due() for engine in engines)):
            self._report("playing", live_matches=_count_live(engines))

    def _report(self, state: str, *, live_matches: int) -> None:
        if self.reporter.is_due():
            self.reporter.publish(gauges={"live_matches": live_matches}, state=state)


def _open_sources() -> list[tuple[FixtureSource, int]]:
    """Every source with the number of events it keeps live."""
    football = open_source(folder=settings.DATA_FOLDER, seed=settings.FEED_SEED, live_matches=settings.LIVE_MATCHES)
    tennis, basketball, trials = open_other_sources(seed=settings.FEED_SEED)
    sources: list[tuple[FixtureSource, int]] = [
        (football, settings.LIVE_MATCHES),
        (tennis, settings.TENNIS_MATCHES),
        (basketball, settings.BASKETBALL_MATCHES),
        (trials, settings.OUTRIGHT_EVENTS),
    ]
    return [(source, slots) for source, slots in sources if slots]


def _count_live(engines: Sequence[FeedEngine]) -> int:
    return sum(match.is_live for engine in engines for match in engine.matches)


def _lock_feed() -> bool:
    """Take the session's lock that one feed holds; it ends with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [LOCK_NAME])
        row = cursor.fetchone()
    return bool(row and row[0])
