"""What tests of the socket start from. Loaded before Django is set up: its parts are imported where they are used."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.realtime.processes import ChildProcess, Relay, WebServer, faults_in, session_cookie

if TYPE_CHECKING:
    from touchline_client.testing import Client

    from accounts.models import User


@pytest.fixture(autouse=True)
def async_tests_use_the_orm(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests hold a client's loop and set the scene in the database between two awaits."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def web_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    server = WebServer(tmp_path_factory.mktemp("web") / "web.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def web(transactional_db: None, web_process: WebServer) -> Iterator[WebServer]:
    """A running server that must not log a fault while the test lasts."""
    before = len(web_process.read_log())
    yield web_process
    assert faults_in(web_process.read_log()[before:]) == []


@pytest.fixture(scope="session")
def second_web_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    server = WebServer(tmp_path_factory.mktemp("web") / "second.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def second_web(transactional_db: None, second_web_process: WebServer) -> Iterator[WebServer]:
    """Another web process on the same PostgreSQL and Redis, with its own hub."""
    before = len(second_web_process.read_log())
    yield second_web_process
    assert faults_in(second_web_process.read_log()[before:]) == []


@pytest.fixture(scope="session")
def relay_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    relay = Relay(tmp_path_factory.mktemp("relay") / "relay.log")
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture
def relay(transactional_db: None, relay_process: Relay) -> Iterator[ChildProcess]:
    """A relay at work that must not log a fault while the test lasts."""
    before = len(relay_process.read_log())
    yield relay_process
    assert faults_in(relay_process.read_log()[before:]) == []


@pytest.fixture
def open_client(web: WebServer) -> "Callable[..., Client]":
    """A client of the server: a person's browser, or a visitor's for None."""
    from touchline_client.testing import Client

    def make(user: "User | None" = None, **options: object) -> Client:
        cookie = session_cookie(user) if user is not None else None
        return Client(web.url, cookie=cookie, origin=web.origin, **options)  # type: ignore[arg-type]  # passed through

    return make


@pytest.fixture
def open_there(second_web: WebServer) -> "Callable[..., Client]":
    """A client of the other web process."""
    from touchline_client.testing import Client

    def make(user: "User | None" = None, **options: object) -> Client:
        cookie = session_cookie(user) if user is not None else None
        return Client(second_web.url, cookie=cookie, origin=second_web.origin, **options)  # type: ignore[arg-type]  # passed through

    return make
