"""The same socket on an ASGI server that knows nothing of us: frames leave by its plain `send`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from touchline_client.testing import Client

from accounts.models import User
from project.kit import streams
from realtime.streams import NotificationReadChange, user_entry
from tests.realtime.processes import ChildProcess, WebServer, faults_in, session_cookie


class UvicornServer(WebServer):
    """uvicorn on the site's ASGI application."""

    def __init__(self, log: Path) -> None:
        super().__init__(log)
        self.command[1:] = ["-m", "uvicorn", "project.asgi:application", "--port", str(self.port)]
        self.command += ["--log-level", "warning", "--ws", "websockets-sansio", "--timeout-graceful-shutdown", "2"]


@pytest.fixture(scope="module")
def uvicorn_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UvicornServer]:
    server = UvicornServer(tmp_path_factory.mktemp("uvicorn") / "uvicorn.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def uvicorn(transactional_db: None, uvicorn_process: UvicornServer) -> Iterator[UvicornServer]:
    yield uvicorn_process
    assert faults_in(uvicorn_process.read_log()) == []


async def test_images_changes_and_replies_travel_through_plain_send(
    uvicorn: UvicornServer, relay: ChildProcess, ada: User
) -> None:
    cookie = session_cookie(ada)
    async with Client(uvicorn.url, cookie=cookie, origin=uvicorn.origin) as client:
        private = await client.subscribe(f"user:{ada.id}")
        lobby = await client.subscribe("lobby:prices")
        server_time = await client.ping()
        append(ada, unread=3)
        await private.until(lambda topic: topic.sequenced.image["unread_notifications"] == 3)

    assert server_time > 0
    assert lobby.lane == "conflated"


async def test_a_close_code_of_ours_reaches_the_client(uvicorn: UvicornServer) -> None:
    async with Client(uvicorn.url, reconnect=False) as client:
        for _ in range(10):
            await client.send_raw("{")

        code = await client.wait_closed()

    assert code == 4400


def append(user: User, *, unread: int) -> None:
    with transaction.atomic():
        streams.append(user_entry(user.id, NotificationReadChange(ids=None, unread=unread)))
