"""Django's ASGI handler on threads that live as long as the process, so that database connections and caches persist.

The body is read on the event loop; middleware and view then run in one hop on one thread. Django's own handler takes a
new thread per request, and with it a new database connection.
"""

import threading
from asyncio import wrap_future
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, Final, cast

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

THREADS: Final = 8
# Requests that may wait for a thread: at 2 ms each the last one waits well under a second. More are told to come back.
WAITING_MAX: Final = 256
RETRY_AFTER_S: Final = 1
# A larger body waits for its thread on disk.
MEMORY_BYTES_MAX: Final = 64 * 1024

Message = Mapping[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """A response taken apart on the thread that made it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def refusal(status: int, code: str, title: str, *headers: tuple[bytes, bytes]) -> Answer:
    """A problem that is answered before Django sees the request."""
    retryable = "true" if status == 503 else "false"
    body = (
        f'{{"type":"urn:touchline:problem:{code}","title":"{title}","status":{status},"code":"{code}",'
        f'"retryable":{retryable}}}'
    )
    about = [(b"Content-Type", b"application/problem+json"), (b"Content-Length", str(len(body)).encode())]
    return Answer(status, [*about, (b"Cache-Control", b"no-store"), *headers], body.encode())


BUSY = refusal(
    503, "temporarily_unavailable", "Too many requests at once", (b"Retry-After", str(RETRY_AFTER_S).encode())
)
TOO_LARGE = refusal(413, "body_too_large", "The body is too large", (b"Connection", b"close"))
BAD_LENGTH = refusal(400, "bad_request", "The Content-Length is not a number", (b"Connection", b"close"))


class ThreadedASGIHandler(ASGIHandler):
    """Serves HTTP scopes. `tests/project/test_threaded_handler.py` pins the private parts of Django it relies on."""

    def __init__(self, *, body_bytes_max: int, threads: int = THREADS, waiting_max: int = WAITING_MAX) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._body_bytes_max = body_bytes_max
        self._places_max = threads + waiting_max
        self._taken = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._check_length(scope)
        if refused is not None:
            return await send_answer(refused, send)
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return None
        except OverflowError:
            return await send_answer(TOO_LARGE, send)
        if not self._take_place():
            body.close()
            return await send_answer(BUSY, send)
        future = self._threads.submit(self._serve, scope, body)
        future.add_done_callback(self._give_place_back)
        return await send_answer(await wrap_future(future), send)

    def _serve(self, scope: Scope, body: Any) -> Answer:
        """One request from its first signal to its last, all on one thread. Streams are drawn to their end here."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, error = self.create_request(scope, body)
        response = cast(HttpResponseBase, error if request is None else self.get_response(request))
        try:
            return take_apart(response)
        finally:
            response.close()  # fires request_finished, which closes what is broken or too old
            body.close()

    def _check_length(self, scope: Scope) -> Answer | None:
        for name, value in scope["headers"]:
            if name == b"content-length":
                if not value.isdigit():
                    return BAD_LENGTH
                return TOO_LARGE if int(value) > self._body_bytes_max else None
        return None

    async def read_body(self, receive: Receive) -> SpooledTemporaryFile[bytes]:
        """A chunked body has no length to check beforehand, so it is counted. Raises RequestAborted, OverflowError."""
        body = SpooledTemporaryFile[bytes](max_size=MEMORY_BYTES_MAX)
        more = True
        while more:
            message = await receive()
            body.write(message.get("body", b""))
            more = message.get("more_body", False)
            if message["type"] == "http.disconnect" or body.tell() > self._body_bytes_max:
                body.close()
                raise RequestAborted if message["type"] == "http.disconnect" else OverflowError
        body.seek(0)
        return body

    def _take_place(self) -> bool:
        with self._lock:
            if self._taken >= self._places_max:
                return False
            self._taken += 1
            return True

    def _give_place_back(self, _: Future[Answer]) -> None:
        with self._lock:
            self._taken -= 1


def take_apart(response: HttpResponseBase) -> Answer:
    headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    headers += [(b"Set-Cookie", cookie.OutputString().encode("ascii")) for cookie in response.cookies.values()]
    if isinstance(response, StreamingHttpResponse):
        return Answer(response.status_code, headers, b"".join(cast("list[bytes]", response)))
    assert isinstance(response, HttpResponse), "Django knows these two kinds of response only"
    return Answer(response.status_code, headers, response.content)


async def send_answer(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
