"""A network between a client and a server that fails in every way a network can."""

import asyncio
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from tests.realtime.processes import free_port

CHUNK_BYTES = 64 * 1024
HEAD_END = b"\r\n\r\n"
TEXT_FRAME = 0x81
CUT_WITHIN_S = 60.0
UP_MAGNITUDE_MAX = 9.0  # a client that only listens sends some 700 bytes in all, and only what is sent can be cut
DOWN_MAGNITUDE_MAX = 14.0

Direction = Literal["up", "down"]


@dataclass
class Link:
    """One connection: what came down it, and after how many bytes of which direction it is cut."""

    cut_direction: Direction
    cut_after: int | None
    down: bytearray = field(default_factory=bytearray)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def cut(self) -> None:
        """Nothing more comes or goes, and both ends are told by a reset or an end."""
        for writer in self.writers:
            writer.transport.abort()

    @property
    def is_delayed(self) -> bool:
        """Whether the server has last said that values may be old."""
        beats = [frame for frame in self.list_frames() if frame["op"] == "heartbeat"]
        return bool(beats) and "delayed" in beats[-1]

    def list_frames(self) -> list[dict[str, Any]]:
        """The server's frames that went through whole."""
        return [json.loads(payload) for payload in _payloads(bytes(self.down))]


class Proxy:
    """Carries everything until a test says otherwise."""

    def __init__(self, port: int) -> None:
        self._to_port = port
        self._chance: random.Random | None = None
        self._can_pass = asyncio.Event()
        self._can_pass.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._cuts_left = 0
        self._has_healed = asyncio.Event()
        self.links: list[Link] = []
        self.port = free_port()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._server is not None
        self._server.close()
        for link in self.links:
            link.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def cut_at_random(self, chance: random.Random, times: int) -> None:
        """Cut what is open, then so many connections each at some byte; returns when the next one may last."""
        self._chance, self._cuts_left = chance, times
        self._has_healed.clear()
        for link in self.links:
            link.cut()
        async with asyncio.timeout(CUT_WITHIN_S):
            await self._has_healed.wait()

    def freeze(self) -> None:
        """Carry nothing and tell nobody."""
        self._can_pass.clear()

    def thaw(self) -> None:
        """Carry again what was given and what is."""
        self._can_pass.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = self._make_link()
        self.links.append(link)
        link.writers.append(writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            link.cut()
            return
        link.writers.append(far_writer)
        for task in (
            asyncio.create_task(self._carry("up", link, reader, far_writer)),
            asyncio.create_task(self._carry("down", link, far_reader, writer)),
        ):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(
        self, direction: Direction, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        carried = 0
        try:
            while data := await reader.read(CHUNK_BYTES):
                await self._can_pass.wait()
                if direction == link.cut_direction and link.cut_after is not None:
                    data = data[: link.cut_after - carried]
                carried += len(data)
                writer.write(data)
                await writer.drain()
                if direction == "down":
                    link.down += data
                if direction == link.cut_direction and carried == link.cut_after:
                    break
        except OSError:
            pass
        finally:
            link.cut()

    def _make_link(self) -> Link:
        if self._chance is None or not self._cuts_left:
            self._has_healed.set()
            return Link("down", None)
        self._cuts_left -= 1
        # Any byte of the opening, of the answers to it, and of what follows: each magnitude equally often.
        direction: Direction = self._chance.choice(("up", "down"))
        magnitude = self._chance.uniform(0, UP_MAGNITUDE_MAX if direction == "up" else DOWN_MAGNITUDE_MAX)
        return Link(direction, max(1, round(2**magnitude)))


def _payloads(data: bytes) -> Iterator[bytes]:
    at = data.find(HEAD_END) + len(HEAD_END)
    if at < len(HEAD_END):
        return
    while len(data) >= at + 2:
        first, short = data[at], data[at + 1] & 0x7F
        extra = {126: 2, 127: 8}.get(short, 0)
        begin = at + 2 + extra
        size = int.from_bytes(data[at + 2 : begin], "big") if extra else short
        if len(data) < begin + size:
            return
        if first == TEXT_FRAME:
            yield data[begin : begin + size]
        at = begin + size
