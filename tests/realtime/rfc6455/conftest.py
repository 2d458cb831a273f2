"""One echo server for the session: conformance needs no database."""

from collections.abc import Iterator

import pytest

from tests.realtime.processes import WebServer, faults_in


class EchoServer(WebServer):
    """The site's server, giving back every message."""

    def __init__(self, log: "object") -> None:
        super().__init__(log)  # type: ignore[arg-type]  # a path
        self.command += ["--application", "tests.realtime.rfc6455.echo_server:echo"]


@pytest.fixture(scope="session")
def echo_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoServer]:
    server = EchoServer(tmp_path_factory.mktemp("echo") / "echo.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def echo(echo_process: EchoServer) -> Iterator[EchoServer]:
    """A running echo server that must not log a fault while the test lasts."""
    before = len(echo_process.read_log())
    yield echo_process
    assert faults_in(echo_process.read_log()[before:]) == []
