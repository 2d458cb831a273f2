"""The lifespan part of ASGI, which daphne leaves out: an application hears when serving begins and when it ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

logger = logging.getLogger(__name__)

SHUTDOWN_WITHIN_S: Final = 5.0


class Lifespan:
    """One for each server. An application that knows no lifespan is left alone, as the standard says."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self._application = application
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._running: asyncio.Future[None] | None = None

    def begin(self) -> None:
        """Tell the application that serving begins. Connections do not wait for its answer."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}}
        self._running = asyncio.ensure_future(self._application(scope, self._messages.get, self._take))
        self._running.add_done_callback(_note_unsupported)
        self._messages.put_nowait({"type": "lifespan.startup"})

    async def end(self) -> None:
        """Tell it that serving ends, and wait until it has done what it wants to do first."""
        if self._running is None or self._running.done():
            return
        self._messages.put_nowait({"type": "lifespan.shutdown"})
        await asyncio.wait([self._running], timeout=SHUTDOWN_WITHIN_S)

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"].endswith(".failed"):
            logger.error("the application reports %s: %s", message["type"], message.get("message", ""))


def _note_unsupported(running: "asyncio.Future[None]") -> None:
    if not running.cancelled() and running.exception() is not None:
        logger.debug("the application takes no part in its lifespan: %r", running.exception())
