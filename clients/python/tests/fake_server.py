"""A server that says what a test tells it to, over real sockets."""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Frame = dict[str, Any]

WITHIN_S = 10.0
LIMITS: Frame = {
    "frame_bytes": 16_384,
    "frames_per_s": 20,
    "burst": 40,
    "topics": 50,
    "topics_per_s": 25,
    "topics_burst": 150,
    "sockets_per_user": 10,
    "sockets_per_address": 150,
    "calls_in_flight": 8,
    "bad_frames_in_a_row": 10,
    "unsent_bytes": 1_048_576,
    "typing_every_ms": 3_000,
    "typing_for_ms": 6_000,
    "conflate_ms": [0, 20, 50, 100, 250, 500, 1_000],
}
ADA = {"id": "ada", "username": "ada", "display_name": "Ada"}
BEN = {"id": "ben", "username": "ben", "display_name": "Ben"}
PROBLEM = {"type": "about:blank", "title": "No", "status": 403, "code": "forbidden", "retryable": False}


class Visit:
    """One connection, from the server's side. Pings are answered by itself, behind whatever was said before."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.heard: list[Frame] = []
        self.answers_pings = True
        self._taken: dict[str, int] = {}
        self._moved = asyncio.Condition()

    async def serve(self) -> None:
        try:
            async for message in self.socket:
                frame: Frame = json.loads(message)
                if frame["op"] == "ping" and self.answers_pings:
                    await self.say({"op": "reply", "ref": frame["id"], "ok": {"t": 1_800_000_000_000}})
                async with self._moved:
                    self.heard.append(frame)
                    self._moved.notify_all()
        except ConnectionClosed:
            pass

    def of(self, op: str) -> list[Frame]:
        return [frame for frame in self.heard if frame["op"] == op]

    async def next(self, op: str) -> Frame:
        """The next frame of a kind that was not taken yet."""
        number = self._taken.get(op, 0)
        self._taken[op] = number + 1
        async with asyncio.timeout(WITHIN_S), self._moved:
            await self._moved.wait_for(lambda: len(self.of(op)) > number)
        return self.of(op)[number]

    async def say(self, *frames: Frame) -> None:
        for frame in frames:
            await self.say_raw(json.dumps(frame))

    async def say_raw(self, text: str) -> None:
        await self.socket.send(text)

    async def welcome(
        self, user: Frame | None = None, *, heartbeat_ms: int = 5_000, server_time: str = "", **limits: Any
    ) -> Frame:
        """Take the hello and answer it; returns the hello."""
        hello = await self.next("hello")
        time = server_time or datetime.now(UTC).isoformat().replace("+00:00", "Z")
        members = {"v": 1, "heartbeat_ms": heartbeat_ms, "server_time": time, "user": user, "session": "s"}
        await self.say({"op": "welcome", "limits": LIMITS | limits, **members})
        return hello

    async def leave(self, code: int) -> None:
        await self.socket.close(code)

    def cut(self) -> None:
        self.socket.transport.abort()

    async def wait_gone(self) -> None:
        async with asyncio.timeout(WITHIN_S):
            await self.socket.wait_closed()


class FakeServer:
    """Hands out the connections it gets; `statuses` are answered to the next handshakes instead."""

    def __init__(self) -> None:
        self.count = 0
        self.statuses: list[HTTPStatus] = []
        self.requests: list[Request] = []
        self._visits: asyncio.Queue[Visit] = asyncio.Queue()
        self._server: Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"ws://127.0.0.1:{self.port}/ws/v1/"

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = next(iter(self._server.sockets)).getsockname()[1]
        return port

    async def start(self) -> None:
        self._server = await serve(
            self._meet, "127.0.0.1", 0, process_request=self._greet, ping_interval=None, close_timeout=1
        )

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def visit(self) -> Visit:
        """The next connection."""
        async with asyncio.timeout(WITHIN_S):
            return await self._visits.get()

    def _greet(self, socket: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        return socket.respond(self.statuses.pop(0), "") if self.statuses else None

    async def _meet(self, socket: ServerConnection) -> None:
        self.count += 1
        visit = Visit(socket)
        self._visits.put_nowait(visit)
        await visit.serve()


def subscribed(visit: Visit, topic: str, lane: str, **members: Any) -> Frame:
    """The answer to the newest subscribe."""
    return {"op": "subscribed", "ref": visit.of("subscribe")[-1]["id"], "topic": topic, "lane": lane, **members}


def sequenced_update(topic: str, epoch: str, numbers: Iterable[int]) -> Frame:
    changes = [{"seq": seq, "type": "test.counted", "n": seq} for seq in numbers]
    return {"op": "update", "topic": topic, "pt": 1, "pos": f"{epoch}:{changes[-1]['seq']}", "changes": changes}


def conflated_update(topic: str, *entries: list[Any]) -> Frame:
    return {"op": "update", "topic": topic, "pt": 1, "pos": "v:1", "con": True, "changes": list(entries)}
