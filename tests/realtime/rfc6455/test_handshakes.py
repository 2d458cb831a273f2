"""The opening request, RFC 6455 section 4.2: what is refused, with which status, and what must not disturb."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.cases import PROTOCOL_ERROR
from tests.realtime.rfc6455.conftest import EchoServer
from tests.realtime.rfc6455.wire import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    Received,
    Wire,
    close_payload,
    fragments,
    frame,
    handshake,
)

HELLO = b"Hello, world!"
# The second path does not look like a socket's, so that it is read as HTTP first.
PATHS = ["/ws/v1/", "/elsewhere"]


def answer_of(echo: WebServer, request: bytes) -> tuple[int, dict[str, str]]:
    with Wire(echo.port) as wire:
        wire.send(request)
        return wire.read_head()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({"method": "POST"}, 405, id="another method"),
        pytest.param({"method": "get"}, 405, id="a method in lower case"),
        pytest.param({"without": ["Host"]}, 400, id="no host"),
        pytest.param({"without": ["Connection"]}, 426, id="no connection"),
        pytest.param({"headers": {"Connection": "keep-alive"}}, 426, id="a connection that stays"),
        pytest.param({"without": ["Sec-WebSocket-Version"]}, 426, id="no version"),
        pytest.param({"headers": {"Sec-WebSocket-Version": "8"}}, 426, id="an older version"),
        pytest.param({"headers": {"Sec-WebSocket-Version": "14"}}, 426, id="a newer version"),
        pytest.param({"headers": {"Sec-WebSocket-Version": "13, 13"}}, 426, id="two versions"),
        pytest.param({"without": ["Sec-WebSocket-Key"]}, 400, id="no key"),
        pytest.param({"key": ""}, 400, id="an empty key"),
        pytest.param({"key": "dGhlIHNhbXBsZSBub25jZQ"}, 400, id="a key without padding"),
        pytest.param({"key": "AAAAAAAAAAAAAAAAAAAA"}, 400, id="a key of 15 octets"),
        pytest.param({"key": "AAAAAAAAAAAAAAAAAAAAAAA="}, 400, id="a key of 17 octets"),
        pytest.param({"key": "*" * 24}, 400, id="a key that is no base64"),
        pytest.param({"headers": {"X": "a\x0bb"}}, 400, id="a control character"),
        pytest.param({"headers": {"X": "a\x00b"}}, 400, id="a NUL"),
    ],
)
def test_a_request_that_is_no_opening_is_refused(
    echo: WebServer, path: str, changes: dict[str, object], status: int
) -> None:
    found, headers = answer_of(echo, handshake(echo.port, path, **changes))  # type: ignore[arg-type]  # a table

    # Twisted refuses some requests before they reach us, and says 400 to all of them.
    assert found == status if path == PATHS[0] else found in {status, 400}
    if status == 426 and "Sec-WebSocket-Version" in str(changes):
        assert headers["sec-websocket-version"] == "13"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"no colon", id="a line without a colon"),
        pytest.param(b"Na me: value", id="a space in a name"),
        pytest.param(b"N\xe4me: value", id="a letter beyond ASCII in a name"),
        pytest.param(b": value", id="no name"),
        pytest.param(b"Host: another", id="a second host"),
    ],
)
def test_a_malformed_header_is_refused(echo: WebServer, path: str, line: bytes) -> None:
    request = handshake(echo.port, path).replace(b"\r\nUpgrade", b"\r\n" + line + b"\r\nUpgrade")

    assert answer_of(echo, request)[0] == 400


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        pytest.param(lambda port: handshake(port, version="HTTP/1.0"), 505, id="an older HTTP"),
        pytest.param(lambda port: handshake(port, headers={"Content-Length": "5"}), 400, id="a body"),
        pytest.param(lambda port: handshake(port).replace(b"\r\nUpgrade", b"\r\n X\r\nUpgrade"), 400, id="a fold"),
    ],
)
def test_what_http_would_forgive_a_socket_does_not(
    echo: WebServer, request_of: Callable[[int], bytes], status: int
) -> None:
    assert answer_of(echo, request_of(echo.port))[0] == status


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /ws/v1/",
        b"GET  /ws/v1/ HTTP/1.1",
        b"GET /ws/ v1 HTTP/1.1",
        b"GET /ws/\xff HTTP/1.1",
        b"GET /ws/v1/ HTTP/1.1 ",
    ],
)
def test_a_malformed_request_line_is_refused(echo: WebServer, request_line: bytes) -> None:
    request = handshake(echo.port).replace(b"GET /ws/v1/ HTTP/1.1", request_line, 1)

    assert answer_of(echo, request)[0] == 400


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X": "x" * 17_000}, id="one"),
        pytest.param({f"X-{number}": "x" * 1_000 for number in range(20)}, id="the sum of many"),
        pytest.param({f"X-{number}": "x" for number in range(600)}, id="too many"),
    ],
)
def test_giant_headers_are_refused(echo: WebServer, path: str, headers: dict[str, str]) -> None:
    status, _ = answer_of(echo, handshake(echo.port, path, headers=headers))

    assert status in {400, 431, 0}


def test_a_head_without_end_is_cut(echo: WebServer) -> None:
    for beginning in (b"GET /ws/v1/ HTTP/1.1\r\nX: ", b"GET /ws/v1/", b"GET /", b"\0"):
        with Wire(echo.port) as wire:
            wire.send(beginning, b"x" * 100_000)
            status, _ = wire.read_head()

        assert status in {400, 431, 0}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Upgrade": "WebSocket"}, id="upgrade in capitals"),
        pytest.param({"Connection": "keep-alive, Upgrade"}, id="several connections"),
        pytest.param({"Sec-WebSocket-Protocol": "chat, superchat"}, id="subprotocols"),
        pytest.param({"Sec-WebSocket-Protocol": "ch\xe4t"}, id="a subprotocol beyond ASCII"),
        pytest.param({"Sec-WebSocket-Protocol": ",,"}, id="no subprotocols"),
        pytest.param({"Cookie": "a=\xff; b=" + "b" * 4000}, id="an odd cookie"),
        pytest.param({"Content-Length": "0"}, id="an empty body"),
    ],
)
def test_an_opening_with_odd_members_is_accepted(echo: WebServer, path: str, headers: dict[str, str]) -> None:
    with Wire.open(echo.port, path, headers=headers) as wire:
        assert b"sec-websocket-protocol" not in wire.head.lower()
        wire.send(frame(TEXT, HELLO))
        assert wire.read_frames(1) == [(TEXT, HELLO)]


def test_a_client_that_could_upgrade_to_something_else_too(echo: WebServer) -> None:
    with Wire.open(echo.port, headers={"Upgrade": "h2c, websocket"}) as wire:
        wire.send(frame(TEXT, HELLO))
        assert wire.read_frames(1) == [(TEXT, HELLO)]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "offer",
    [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits, permessage-deflate",
        "permessage-deflate; server_max_window_bits=8; server_no_context_takeover",
        "x-webkit-deflate-frame, foo; bar=baz",
        ";;=,",
    ],
)
def test_no_extension_is_agreed_on_so_its_bit_stays_reserved(echo: WebServer, path: str, offer: str) -> None:
    with Wire.open(echo.port, path, headers={"Sec-WebSocket-Extensions": offer}) as wire:
        wire.send(frame(TEXT, HELLO))
        assert wire.read_frames(1) == [(TEXT, HELLO)]
        wire.send(frame(TEXT, b"\xca\x48\xcd\xc9\xc9\x07\x00", reserved=4))

        assert wire.read_to_end().code == PROTOCOL_ERROR


@pytest.mark.parametrize("path", PATHS)
def test_frames_in_the_same_packet_as_the_request_are_heard(echo: WebServer, path: str) -> None:
    with Wire(echo.port) as wire:
        wire.send(handshake(echo.port, path), frame(TEXT, HELLO), frame(PING, b"early"))
        status, _ = wire.read_head()

        assert status == 101
        assert sorted(wire.read_frames(2)) == [(TEXT, HELLO), (PONG, b"early")]
        assert wire.close() == 1000


@pytest.mark.parametrize("path", PATHS)
def test_an_opening_octet_by_octet_is_accepted(echo: WebServer, path: str) -> None:
    with Wire(echo.port) as wire:
        wire.send(handshake(echo.port, path), *fragments(TEXT, [HELLO[:5], HELLO[5:]]), chop=1)
        status, _ = wire.read_head()

        assert status == 101
        assert wire.read_frames(1) == [(TEXT, HELLO)]


def test_a_socket_after_requests_on_the_same_connection(echo: WebServer) -> None:
    """A proxy may reuse a connection. The refused request ends it; the control is that nothing is mixed up."""
    with Wire(echo.port) as wire:
        wire.send(handshake(echo.port, key="short"), handshake(echo.port))
        status, headers = wire.read_head()

        assert (status, headers["connection"]) == (400, "close")
        assert wire.socket.recv(1) == b""


@pytest.mark.parametrize("path", PATHS)
def test_a_client_that_leaves_during_the_opening_is_let_go(echo: WebServer, path: str) -> None:
    request = handshake(echo.port, path)
    for size in (1, 7, 8, 20, len(request) - 1, len(request)):
        with Wire(echo.port) as wire:
            wire.send(request[:size])
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, not an end
    with Wire.open(echo.port, path) as wire:
        wire.send(frame(CLOSE, close_payload(1000)))
        assert wire.read_frame() == Received(CLOSE, close_payload(1000))


def test_a_connection_that_became_a_socket_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """Twisted tells only the newest protocol of a connection that it is over; the one before must be forgotten."""
    server = EchoServer(tmp_path / "echo.log")
    server.start()
    with Wire.open(server.port, PATHS[1]) as wire:
        wire.close()

    began_at = time.monotonic()
    server.stop()

    assert time.monotonic() - began_at < 5  # requests under way are waited for ten seconds
