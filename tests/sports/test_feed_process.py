"""The feed as a process of its own: it plays, dies, comes back, and leaves politely."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from sports.models import Event, EventResult, Incident
from tests.sports.test_feed_engine import check_histories

WAIT_SECONDS_MAX = 60.0  # what a loaded machine may need; an idle one is done in a few


def database_url() -> str:
    values = connection.settings_dict
    return f"postgresql://{values['USER']}:{values['PASSWORD']}@/{values['NAME']}?host={values['HOST']}&port={values['PORT']}"


@contextmanager
def feed(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running feed on this test's database: three matches of five seconds."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "TOUCHLINE_DATA": "",
        "TOUCHLINE_MATCH_SECONDS": "5",
        "TOUCHLINE_LIVE_MATCHES": "3",
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_feed"],
            cwd=settings.REPOSITORY,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_until(reached: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not reached():
        assert time.monotonic() < deadline, "the feed did not get there in time"
        assert process.poll() is None, f"the feed ended with {process.returncode}"
        time.sleep(0.05)  # polls another process, waits for nothing else


@pytest.mark.django_db(transaction=True)
def test_killed_and_started_again_it_plays_every_match_once(tmp_path: Path) -> None:
    log = tmp_path / "feed.log"
    with feed(log) as process:
        wait_until(lambda: Incident.objects.exclude(incident_type="kick_off").count() >= 5, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    results, live = (
        EventResult.objects.count(),
        set(Event.objects.filter(status="ongoing").values_list("pk", flat=True)),
    )

    with feed(log) as process, feed(log) as second:
        wait_until(lambda: EventResult.objects.count() >= results + 3, process)
        assert second.poll() is None, "a second feed waits for the first one's end"
        for one in (process, second):
            one.send_signal(signal.SIGTERM)
        assert [one.wait(timeout=WAIT_SECONDS_MAX) for one in (process, second)] == [0, 0]

    check_histories()
    assert live
    assert not Event.objects.filter(pk__in=live, status="scheduled").exists()
    text = log.read_text()
    assert "the feed plays" in text
    assert "Traceback" not in text
    assert "WARNING" not in text
