"""A reader of `GET /api/stream` that is no browser: it sees every byte, and can stop or be cut at any moment."""

import asyncio
import json
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from tests.realtime.processes import WebServer

PATIENCE_S = 20.0
READ_BYTES = 65_536


@dataclass(frozen=True)
class Event:
    """One event: its fields, and the frame it carries."""

    fields: dict[str, str]

    @property
    def op(self) -> str:
        return self.fields.get("event", "")

    @property
    def id(self) -> str | None:
        return self.fields.get("id")

    @property
    def frame(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.fields["data"])
        assert content["op"] == self.op
        return content


class StreamReader:
    """One request for events. `events` are those read so far; `last_id` is what a browser would come back with."""

    def __init__(
        self,
        web: WebServer,
        *topics: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        receive_bytes: int | None = None,
        **query: object,
    ) -> None:
        pairs = [("topic", topic) for topic in topics] + [(name, str(value)) for name, value in query.items()]
        self._port = web.port
        self._method = method
        self._target = f"/api/stream?{urlencode(pairs)}" if pairs else "/api/stream"
        self._sent_headers = {"Host": f"127.0.0.1:{web.port}"} | (headers or {})
        self._receive_bytes = receive_bytes  # that the kernel keeps while nobody reads
        self._pieces = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.events: list[Event] = []
        self.last_id: str | None = None
        self.is_ended = False  # properly, with the last chunk

    async def __aenter__(self) -> Self:
        await asyncio.wait_for(self._open(), PATIENCE_S)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    async def _open(self) -> None:
        plain = socket.socket()
        if self._receive_bytes is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_bytes)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", self._port))
        self._reader, self._writer = await asyncio.open_connection(sock=plain, limit=self._receive_bytes or READ_BYTES)
        lines = [f"{self._method} {self._target} HTTP/1.1", *(f"{k}: {v}" for k, v in self._sent_headers.items())]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}

    def take_more(self) -> None:
        """Let the kernel take as much at once as it does for others: a trickle of what is left would take a minute."""
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)

    def cut(self) -> None:
        """Be gone without a word."""
        self._writer.transport.abort()

    async def read_body(self) -> bytes:
        """The body of an answer that is no stream."""
        return await asyncio.wait_for(self._reader.readexactly(int(self.headers["content-length"])), PATIENCE_S)

    async def read_problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = json.loads(await self._read_rest())
        assert problem["status"] == self.status
        return problem

    async def next(self, op: str | None = None) -> Event:
        """The next event, or the next of one kind. Raises EOFError where the stream ends."""
        while True:
            event = await asyncio.wait_for(self._next(), PATIENCE_S)
            if op is None or event.op == op:
                return event

    async def read_to_end(self) -> list[Event]:
        """All that is still to come."""
        rest = []
        while True:
            try:
                rest.append(await self.next())
            except (EOFError, ConnectionError):
                return rest

    async def _next(self) -> Event:
        while b"\n\n" not in self._pieces:
            self._pieces += await self._read_chunk()
        text, _, self._pieces = self._pieces.partition(b"\n\n")
        event = Event(dict(line.split(": ", 1) for line in text.decode().split("\n")))
        if "data" not in event.fields:
            return await self._next()  # the opening: nothing but `retry`
        self.last_id = event.id or self.last_id
        self.events.append(event)
        return event

    async def _read_chunk(self) -> bytes:
        size = int((await self._reader.readuntil(b"\r\n")).strip(), 16)
        chunk = (await self._reader.readexactly(size + 2))[:-2]
        if size == 0:
            self.is_ended = True
            raise EOFError
        return chunk

    async def _read_rest(self) -> bytes:
        if "content-length" in self.headers:
            return await self.read_body()
        body = b""
        while True:
            try:
                body += await asyncio.wait_for(self._read_chunk(), PATIENCE_S)
            except EOFError:
                return body
