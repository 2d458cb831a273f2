"""Slips over HTTP at the real servers: in one piece or many, in one breath, with nobody left to answer, at the end."""

import asyncio
import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from betting.models import BetSlip
from payments.models import LedgerAccount
from payments.queries.wallets import get_wallet
from project.server.__main__ import HOT_PATH
from project.slip_route import SLIPS_PATH
from tests.betting.desk import fund
from tests.realtime.doors import TOKEN
from tests.realtime.processes import WebServer, faults_in, session_key_of
from tests.realtime.rfc6455.wire import Wire
from tests.realtime.test_other_server import UvicornServer
from tests.realtime.test_slip_doors import make_body
from tests.waiting import is_anybody_waiting, wait_until


def post(server: WebServer, session_key: str, body: bytes, key: str, *lines: str, is_chunked: bool = False) -> bytes:
    """A slip as a browser asks for it."""
    size = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(body)}"
    head = (
        f"POST /api/slips HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.origin}\r\n"
        f"Cookie: sessionid={session_key}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\n{size}\r\n"
    )
    head += "".join(f"{line}\r\n" for line in lines) + "\r\n"
    return head.encode() + (b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if is_chunked else body)


def get(server: WebServer, session_key: str, path: str = SLIPS_PATH) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: sessionid={session_key}\r\n\r\n".encode()


def read_answer(wire: Wire) -> tuple[int, dict[str, str], Any]:
    status, headers = wire.read_head()
    size = int(headers["content-length"])
    while len(wire.unread) < size:
        received = wire.socket.recv(16 * 1024)
        assert received
        wire.unread += received
    body, wire.unread = wire.unread[:size], wire.unread[size:]
    return status, headers, json.loads(body)


@contextmanager
def wallet_held(user: User) -> Iterator[threading.Event]:
    """Slips of a person wait for this lock until the event is set."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            LedgerAccount.objects.select_for_update().get(id=get_wallet(user.id, "PLY").account_id)
            is_held.set()
            may_go.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert is_held.wait(20)
        yield may_go
    finally:
        may_go.set()
        thread.join()


def test_the_server_reads_in_one_piece_what_the_route_answers() -> None:
    assert HOT_PATH == SLIPS_PATH


def test_slips_come_in_one_piece_or_many_among_other_requests(web: WebServer, ada: User) -> None:
    funds = fund(ada)
    body, key = make_body(), session_key_of(ada)
    whole = post(web, key, body, "one")
    with Wire(web.port) as wire:
        answers = []
        wire.send(whole)
        answers.append(read_answer(wire))
        wire.send(whole[:300])
        wire.send(whole[300:])
        answers.append(read_answer(wire))
        wire.send(post(web, key, body, "one", is_chunked=True))
        answers.append(read_answer(wire))
        wire.send(whole, chop=97)
        answers.append(read_answer(wire))
        wire.send(get(web, key), whole, get(web, key))
        listed, *_ = read_answer(wire)
        answers.append(read_answer(wire))
        listed_again, _, page = read_answer(wire)

    assert [status for status, _, _ in answers] == [201] * 5
    assert [slip for _, _, slip in answers] == [answers[0][2]] * 5
    assert {headers["server"] for _, headers, _ in answers} == {"touchline"}
    assert "connection" not in answers[0][1]
    assert (listed, listed_again, len(page["items"])) == (200, 200, 1)
    assert get_wallet(ada.id, "PLY").available_minor == funds - 100


def test_what_comes_while_a_slip_waits_is_answered_after_it(web: WebServer, ada: User) -> None:
    fund(ada)
    body, key = make_body(), session_key_of(ada)
    with Wire(web.port) as wire, wallet_held(ada) as may_go:
        wire.send(post(web, key, body, "one"))
        wait_until(is_anybody_waiting)
        for _ in range(60):  # more than is read ahead
            wire.send(get(web, key, "/api/health"))
        wire.send(post(web, key, body, "two"), post(web, key, body, "one"))
        may_go.set()
        first = read_answer(wire)
        statuses = [read_answer(wire)[0] for _ in range(60)]
        second, replayed = read_answer(wire), read_answer(wire)

    assert (first[0], statuses, second[0], replayed[0]) == (201, [200] * 60, 201, 201)
    assert replayed[2] == first[2] != second[2]
    assert BetSlip.objects.count() == 2


def test_a_slip_whose_sender_has_gone_is_placed_and_a_replay_shows_it(web: WebServer, ada: User) -> None:
    fund(ada)
    body, key = make_body(), session_key_of(ada)
    with wallet_held(ada) as may_go:
        with Wire(web.port) as wire:
            wire.send(post(web, key, body, "one"))
            wait_until(is_anybody_waiting)
        may_go.set()
    with Wire(web.port) as wire:
        wire.send(post(web, key, body, "one"))
        status, _, slip = read_answer(wire)

    assert status == 201
    assert [str(each.id) for each in BetSlip.objects.all()] == [slip["id"]]


def test_bodies_that_are_too_large_and_other_methods_are_answered_as_ever(web: WebServer, ada: User) -> None:
    fund(ada)
    key = session_key_of(ada)
    with Wire(web.port) as wire:
        wire.send(post(web, key, b"{" + b" " * 300_000, "one"))
        status, _, problem = read_answer(wire)
        assert (status, problem["code"]) == (413, "body_too_large")
    with Wire(web.port) as wire:
        wire.send(post(web, key, b"{}", "one").replace(b"POST", b"PUT", 1))
        status, headers, problem = read_answer(wire)
        assert (status, set(headers["allow"].split(", "))) == (405, {"GET", "POST"})
        assert problem["code"] == "method_not_allowed"
    with Wire(web.port) as wire:
        wire.send(post(web, key, b"{}", "one", "Connection: close"))
        status, headers, _ = read_answer(wire)
        assert (status, headers["connection"]) == (422, "close")
        assert wire.socket.recv(1) == b""

    assert BetSlip.objects.count() == 0


async def test_an_ended_session_is_refused_at_every_process(web: WebServer, second_web: WebServer, ada: User) -> None:
    fund(ada)
    body, key = make_body(), session_key_of(ada)

    def ask(server: WebServer, name: str) -> int:
        with Wire(server.port) as wire:
            wire.send(post(server, key, body, name))
            return read_answer(wire)[0]

    def ask_until_refused(server: WebServer) -> int:
        statuses: list[int] = []

        def is_refused() -> bool:
            statuses.append(ask(server, "before"))
            return statuses[-1] != 201

        wait_until(is_refused)
        return statuses[-1]

    before = [await asyncio.to_thread(ask, server, "before") for server in (web, second_web)]
    await asyncio.to_thread(log_out, web, key)
    # The order may still be on its way, but not for five seconds, after which nothing known is believed anyway.
    after = [await asyncio.to_thread(ask_until_refused, server) for server in (web, second_web)]

    assert before == [201, 201]
    assert after == [401, 401]
    assert BetSlip.objects.count() == 1


def log_out(server: WebServer, key: str) -> None:
    http = HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Cookie": f"sessionid={key}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "Origin": server.origin}
    http.request("DELETE", "/_allauth/browser/v1/auth/session", headers=headers)
    assert http.getresponse().status == 401
    http.close()


def test_a_server_that_ends_answers_the_slips_it_has(transactional_db: None, tmp_path: Path, ada: User) -> None:
    fund(ada)
    body, key = make_body(), session_key_of(ada)
    server = WebServer(tmp_path / "web.log")
    server.start()
    try:
        with Wire(server.port) as wire, wallet_held(ada) as may_go:
            wire.send(post(server, key, body, "one"))
            wait_until(is_anybody_waiting)
            assert server.process is not None
            server.process.send_signal(signal.SIGTERM)
            may_go.set()
            status, headers, slip = read_answer(wire)
            assert wire.socket.recv(1) == b""
        assert server.process.wait(20) == 0
    finally:
        server.stop(signal.SIGKILL)

    assert (status, headers["connection"]) == (201, "close")
    assert [str(each.id) for each in BetSlip.objects.all()] == [slip["id"]]
    assert faults_in(server.read_log()) == []


def test_another_server_answers_the_same(transactional_db: None, tmp_path: Path, ada: User) -> None:
    fund(ada)
    body, key = make_body(), session_key_of(ada)
    server = UvicornServer(tmp_path / "uvicorn.log")
    server.start()
    try:
        with Wire(server.port) as wire:
            answers = []
            for is_chunked in (False, True):
                wire.send(post(server, key, body, "one", is_chunked=is_chunked))
                answers.append(read_answer(wire))
            wire.send(post(server, key, b'{"stake":1}', "two"))
            refused = read_answer(wire)
    finally:
        server.stop()

    assert [status for status, _, _ in answers] == [201, 201]
    assert answers[0][2] == answers[1][2]
    assert (refused[0], refused[2]["code"]) == (422, "validation_error")
    assert faults_in(server.read_log()) == []
