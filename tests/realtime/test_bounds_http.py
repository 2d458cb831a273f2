"""HTTP below the application: answers wait for their reader, and a reader that is only slow gets all of them."""

import re

import pytest

from tests.realtime.processes import WebServer
from tests.realtime.rfc6455.wire import TEXT, Wire, frame, handshake

LARGE = "/static/unfold/css/styles.css"  # the largest file there is without the built client
SMALL = "/api/health"


def request(path: str, *lines: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def read_answer(wire: Wire) -> tuple[int, int]:
    """Status and size of the next answer."""
    status, headers = wire.read_head()
    size = int(headers["content-length"])
    while len(wire.unread) < size:
        received = wire.socket.recv(16 * 1024)
        assert received
        wire.unread += received
    wire.unread = wire.unread[size:]
    return status, size


def test_requests_in_one_breath_are_answered_in_order(web: WebServer) -> None:
    with Wire(web.port) as wire:
        wire.send(*[request(SMALL) + request("/api/me/profile")] * 20)
        statuses = [read_answer(wire)[0] for _ in range(40)]

    assert statuses == [200, 401] * 20


@pytest.mark.parametrize("count", [1, 30])
def test_a_slow_reader_gets_every_answer_whole(web: WebServer, count: int) -> None:
    with Wire(web.port, receive_buffer=4096) as wire:
        wire.send(*[request(LARGE) + request(SMALL)] * count)
        answers = [read_answer(wire) for _ in range(2 * count)]

    assert {status for status, _ in answers} == {200}
    assert len({size for _, size in answers[::2]}) == 1
    assert answers[0][1] > 256 * 1024


def test_a_request_cut_anywhere_is_one_request(web: WebServer) -> None:
    whole = request(SMALL)
    with Wire(web.port) as wire:
        for at in range(1, len(whole), 5):
            wire.send(whole[:at])
            wire.send(whole[at:])
            assert read_answer(wire)[0] == 200


def test_a_body_in_pieces_is_read(web: WebServer) -> None:
    body = b'{"email":"nobody@example.org","password":"wrong"}' + b" " * 9_000
    head = (
        f"POST /_allauth/browser/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with Wire(web.port) as wire:
        wire.send(head.encode(), body, chop=1_000)
        status, _ = read_answer(wire)
        wire.send(request(SMALL))

        assert status in {400, 403}  # the application's answer
        assert read_answer(wire)[0] == 200


def test_a_socket_may_follow_requests_on_a_connection(web: WebServer) -> None:
    with Wire(web.port) as wire:
        wire.send(request(SMALL), handshake(web.port), frame(TEXT, '{"op":"hello","v":1}'))
        status, _ = read_answer(wire)
        upgraded, _ = wire.read_head()
        welcome = wire.read_frame()

    assert (status, upgraded) == (200, 101)
    assert welcome is not None and re.search(rb'"op":"welcome"', welcome.payload)
