"""The handler that serves HTTP: what it relies on in Django, and what it promises."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import django
import pytest
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from project.threaded_handler import ThreadedASGIHandler

_gate = threading.Event()


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body, content_type="text/plain")


def backend(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process_id,) = cursor.fetchone()
    return HttpResponse(f"{process_id}")


def blocked(request: HttpRequest) -> HttpResponse:
    _gate.wait(10)
    return HttpResponse("done")


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"one ", b"two"]))


def cookies(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [
    path("echo", echo),
    path("backend", backend),
    path("blocked", blocked),
    path("streamed", streamed),
    path("cookies", cookies),
    path("broken", broken),
]


@pytest.fixture
def make_handler() -> Any:
    """Handlers on this module's addresses, without middleware."""
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):

        def make(**options: int) -> ThreadedASGIHandler:
            return ThreadedASGIHandler(body_bytes_max=1000, **options)

        yield make


async def ask(
    handler: ThreadedASGIHandler, address: str, *chunks: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": address, "headers": list(headers), "query_string": b""}
    await handler(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], sent[0]["headers"], sent[1]["body"]


def test_the_private_parts_of_django_it_uses_are_those_of_this_version() -> None:
    assert django.VERSION[:2] == (5, 2)
    parameters: dict[Callable[..., Any], list[str]] = {
        BaseHandler.load_middleware: ["self", "is_async"],
        BaseHandler.get_response: ["self", "request"],
        ASGIHandler.create_request: ["self", "scope", "body_file"],
        ASGIRequest.__init__: ["self", "scope", "body_file"],
        get_script_prefix: ["scope"],
    }
    assert {function: list(inspect.signature(function).parameters) for function in parameters} == parameters
    assert "super().__init__()\n        self.load_middleware(is_async=True)" in inspect.getsource(ASGIHandler.__init__)
    request, error = ASGIHandler.create_request(
        ThreadedASGIHandler.__new__(ThreadedASGIHandler),
        {"type": "http", "method": "GET", "path": "/", "headers": []},
        BytesIO(b""),
    )
    assert isinstance(request, ASGIRequest) and error is None


async def test_a_chunked_body_arrives_whole(make_handler: Callable[..., ThreadedASGIHandler]) -> None:
    assert (await ask(make_handler(), "/echo", b"first ", b"second"))[::2] == (200, b"first second")


async def test_a_stream_leaves_in_one_body(make_handler: Callable[..., ThreadedASGIHandler]) -> None:
    assert (await ask(make_handler(), "/streamed"))[::2] == (200, b"one two")


async def test_every_cookie_has_its_own_header(make_handler: Callable[..., ThreadedASGIHandler]) -> None:
    _, headers, _ = await ask(make_handler(), "/cookies")

    assert [value for name, value in headers if name == b"Set-Cookie"] == [b"a=1; Path=/", b"b=2; Path=/"]


async def test_a_body_over_the_limit_is_refused_announced_or_not(
    make_handler: Callable[..., ThreadedASGIHandler],
) -> None:
    handler = make_handler()

    announced = await ask(handler, "/echo", headers=((b"content-length", b"1001"),))
    unannounced = await ask(handler, "/echo", b"x" * 600, b"x" * 600)
    malformed = await ask(handler, "/echo", headers=((b"content-length", b"1e3"),))

    assert (announced[0], unannounced[0], malformed[0]) == (413, 413, 400)
    assert b'"code":"body_too_large"' in announced[2]
    for _, headers, body in (announced, unannounced, malformed):
        assert dict(headers)[b"Content-Length"] == str(len(body)).encode()


async def test_a_full_queue_is_told_to_come_back(make_handler: Callable[..., ThreadedASGIHandler]) -> None:
    handler = make_handler(threads=1, waiting_max=1)
    _gate.clear()
    accepted = [asyncio.create_task(ask(handler, "/blocked")) for _ in range(2)]
    for _ in range(10):
        await asyncio.sleep(0)

    assert handler._taken == 2
    status, headers, body = await ask(handler, "/echo")
    _gate.set()

    assert (status, dict(headers)[b"Retry-After"]) == (503, b"1")
    assert b'"code":"temporarily_unavailable"' in body
    assert [answer[2] for answer in await asyncio.gather(*accepted)] == [b"done", b"done"]
    assert (await ask(handler, "/echo", b"free again"))[2] == b"free again"


async def test_an_exception_is_a_500_and_frees_its_place(make_handler: Callable[..., ThreadedASGIHandler]) -> None:
    handler = make_handler(threads=1, waiting_max=1)

    assert [(await ask(handler, "/broken"))[0] for _ in range(5)] == [500] * 5
    assert handler._taken == 0


@pytest.mark.django_db(transaction=True)
async def test_forty_requests_use_as_many_database_connections_as_threads(
    make_handler: Callable[..., ThreadedASGIHandler],
) -> None:
    handler = make_handler(threads=3)

    answers = [await asyncio.gather(*(ask(handler, "/backend") for _ in range(8))) for _ in range(5)]

    backends = {answer[2] for batch in answers for answer in batch}
    assert 1 <= len(backends) <= 3
    for _ in range(3):
        handler._threads.submit(lambda: connection.close()).result()
    handler._threads.shutdown()
