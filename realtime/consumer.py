"""One socket's side of the protocol up to its frames: opening, limits, closing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import AsyncConsumer

from project.kit.errors import RateLimited, UnsupportedMediaType
from realtime.conversation import Conversation
from realtime.core import closing as closings
from realtime.core.gate import FrameGate, Verdict
from realtime.core.limits import HELLO_WITHIN_S, SOCKETS_PER_ADDRESS
from realtime.errors import LimitExceeded
from realtime.frames.client import FrameRefused, parse_frame
from realtime.handshake import read_handshake
from realtime.hub.connection import Connection
from realtime.hub.hub import Hub
from realtime.hub.process import current_hub
from realtime.hub.writer import Send, make_writer

Receive = Callable[[], Awaitable[dict[str, Any]]]


class SocketConsumer(AsyncConsumer):  # type: ignore[misc]  # channels ships no types
    """A Channels consumer without a channel: the hub writes to it, no layer does.

    Its own loop and dispatch leave out what Channels does for every message: two tasks, and a hop to a thread that
    closes old database connections. The database is used by the hub's threads only.
    """

    hub: Hub
    connection: Connection
    conversation: Conversation
    gate: FrameGate
    hello_timer: asyncio.TimerHandle
    is_over = False

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope = scope
        self.base_send = send
        try:
            while not self.is_over:
                await self.dispatch(await receive())
        except asyncio.CancelledError:
            # The server is ending, or gave up waiting for us after the socket had gone.
            if hasattr(self, "connection"):
                self.connection.close(closings.DRAINING)
        finally:
            self._clean_up()

    async def dispatch(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.receive":
            self.websocket_receive(message)
        elif message["type"] == "websocket.connect":
            await self.websocket_connect()
        elif message["type"] == "websocket.disconnect":
            self.is_over = True

    async def websocket_connect(self) -> None:
        """Refuse another site's page; accept everyone else, if only to say why they must leave again."""
        handshake = read_handshake(self.scope)
        if not handshake.may_connect:
            await self.base_send({"type": "websocket.close", "code": closings.FORBIDDEN.code})
            self.is_over = True
            return
        await self.base_send({"type": "websocket.accept"})
        loop = asyncio.get_running_loop()
        self.hub = current_hub()
        self.gate = FrameGate(at=loop.time())
        self.connection = self.hub.open_connection(make_writer(self.scope, self.base_send), address=handshake.address)
        self.conversation = Conversation(self.hub, self.connection, handshake)
        self.hello_timer = loop.call_later(HELLO_WITHIN_S, self._expect_hello)
        if self.hub.is_draining:
            self.connection.close(closings.DRAINING)
        elif not self.hub.attendance.has_room_at(handshake.address):
            self.connection.refuse(LimitExceeded("Too many sockets from this address", limit=SOCKETS_PER_ADDRESS))
            self.connection.close(closings.FORBIDDEN)
        else:
            self.connection.on_closed = self._clean_up
            self.hub.add(self.connection)

    def websocket_receive(self, message: dict[str, Any]) -> None:
        """Judge a frame and hand it on. Never waits, so that a flood is judged as it arrives."""
        if self.connection.is_closed:
            return
        text = message.get("text")
        content: str | bytes = text if text is not None else message.get("bytes") or b""
        verdict = self.gate.judge(content, at=asyncio.get_running_loop().time())
        if verdict is Verdict.TOO_LARGE:
            self.connection.close(closings.TOO_LARGE)
        elif verdict is Verdict.FLOOD:
            self.connection.close(closings.FLOOD)
        elif verdict is Verdict.TOO_FAST:
            self.connection.refuse(RateLimited("Frames come too fast", retry_after_ms=self.gate.get_wait_ms()))
        elif isinstance(content, bytes):
            self._refuse_bad(FrameRefused(UnsupportedMediaType("Send text frames; binary ones are not read"), None))
        else:
            self._hear(content)

    def _hear(self, text: str) -> None:
        try:
            self.conversation.hear(parse_frame(text))
        except FrameRefused as refused:
            self._refuse_bad(refused)
        else:
            self.gate.note_good()

    def _refuse_bad(self, refused: FrameRefused) -> None:
        self.connection.refuse(refused.error, ref=refused.ref)
        if self.gate.note_bad():
            self.connection.close(closings.PROTOCOL_ABUSE)

    def _expect_hello(self) -> None:
        if not self.conversation.has_said_hello:
            self.connection.close(closings.PROTOCOL_ABUSE)

    def _clean_up(self) -> None:
        if hasattr(self, "connection"):
            self.hello_timer.cancel()
            self.connection.end()
            self.hub.remove(self.connection)
            self.conversation.end()
