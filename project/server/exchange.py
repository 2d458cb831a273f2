"""A request that came in one piece and its answer, which leaves in one: any ASGI connection to the application."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from project.kit.loops import running_loop

logger = logging.getLogger(__name__)

PLAIN: Final = [(b"Content-Type", b"text/plain")]

Application = Callable[[dict[str, Any], Any, Any], Coroutine[Any, Any, None]]
OnEnd = Callable[["Exchange"], object]
OnAnswer = Callable[[int, Iterable[tuple[bytes, bytes]], bytes], None]


class Exchange:
    """`on_answer` is called once, with status, headers and body, unless the connection is lost first."""

    __slots__ = ("_body", "_gone", "_on_answer", "_on_end", "_pieces", "_start", "_task", "began_at")

    def __init__(self, body: bytes, on_answer: OnAnswer) -> None:
        self.began_at = time.monotonic()
        self._body: bytes | None = body
        self._on_answer: OnAnswer | None = on_answer
        self._start: dict[str, Any] | None = None
        self._pieces: list[bytes] = []
        self._gone: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._on_end: OnEnd | None = None

    def begin(self, application: Application, scope: dict[str, Any], on_end: OnEnd | None = None) -> asyncio.Task[None]:
        """Run the application; task and `on_end` say when it is done, whatever became of the connection."""
        self._on_end = on_end
        self._task = running_loop().create_task(application(scope, self.receive, self.send))
        self._task.add_done_callback(self._end)
        return self._task

    def lose(self) -> None:
        """The connection is gone: the application may go on, nobody hears what it says."""
        self._on_answer = None
        if self._gone is not None:
            self._gone.set()

    def give_up(self) -> None:
        """The application took too long."""
        assert self._task is not None, "it has begun"
        self._answer(503, PLAIN, b"")
        self._task.cancel()

    async def receive(self) -> dict[str, Any]:
        """ASGI's `receive`: the body, then, when it is so, that the answer is whole or the connection gone."""
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        if self._on_answer is not None:
            self._gone = self._gone or asyncio.Event()
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """ASGI's `send`."""
        if self._on_answer is None:
            return
        if message["type"] == "http.response.start":
            self._start = message
            return
        assert self._start is not None, "an answer starts before it has a body"
        body = message.get("body", b"")
        if message.get("more_body", False):
            self._pieces.append(body)
        else:
            whole = b"".join((*self._pieces, body)) if self._pieces else body
            self._answer(self._start["status"], self._start.get("headers", ()), whole)

    def _answer(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        on_answer = self._on_answer
        if on_answer is not None:
            self.lose()
            on_answer(status, headers, body)

    def _end(self, task: asyncio.Task[None]) -> None:
        if self._on_end is not None:
            self._on_end(self)
        if not task.cancelled() and task.exception() is not None:
            logger.error("an application failed", exc_info=task.exception())
        self._answer(500, PLAIN, b"Internal Server Error")  # to whoever has had no answer
