"""The clients of the price benchmark, each in a process of its own: one hears the socket, one polls over HTTP."""

import asyncio
import json
import multiprocessing.connection
import time
import urllib.request
from collections.abc import Sequence

import websockets

POLL_EVERY_S = 1.0
SUBSCRIBED_PER_SOCKET = 40


def listen(address: str, event_ids: Sequence[str], report: "multiprocessing.connection.Connection") -> None:
    """Send ("ready",), then (kind, event id, monotonic ns) for each frame: kind is `price` or `score`."""
    asyncio.run(_listen(address.replace("http", "ws") + "/ws/v1/", event_ids, report))


async def _listen(url: str, event_ids: Sequence[str], report: "multiprocessing.connection.Connection") -> None:
    topics = [f"event:{event_id}:{kind}" for event_id in event_ids for kind in ("prices", "scoreboard")]
    groups = [topics[begin : begin + SUBSCRIBED_PER_SOCKET] for begin in range(0, len(topics), SUBSCRIBED_PER_SOCKET)]
    joined = asyncio.Barrier(len(groups) + 1)
    async with asyncio.TaskGroup() as tasks:
        for group in groups:
            tasks.create_task(_hear(url, group, report, joined))
        await joined.wait()
        report.send(("ready",))


async def _hear(
    url: str, topics: Sequence[str], report: "multiprocessing.connection.Connection", joined: asyncio.Barrier
) -> None:
    async with websockets.connect(url, max_size=None, compression=None) as socket:
        await socket.send(json.dumps({"op": "hello", "v": 1}))
        asked = [{"topic": topic, "conflate_ms": 0} for topic in topics]
        await socket.send(json.dumps({"op": "subscribe", "id": 1, "topics": asked}))
        waiting = set(topics)
        async for text in socket:
            at = time.monotonic_ns()
            frame = json.loads(text)
            if frame["op"] == "subscribed" and waiting:
                waiting.discard(frame["topic"])
                if not waiting:
                    await joined.wait()
            elif frame["op"] == "update":
                _, event_id, kind = frame["topic"].split(":")
                if kind == "scoreboard":
                    report.send(("score", event_id, at))
                elif any(change[0].startswith("s:") for change in frame["changes"]):
                    report.send(("price", event_id, at))


def poll(address: str, event_ids: Sequence[str], report: "multiprocessing.connection.Connection") -> None:
    """Ask for each event's markets once a second and send ("poll", event id, monotonic ns) when they changed."""
    known: dict[str, int] = {}
    while True:
        started = time.monotonic()
        for event_id in event_ids:
            with urllib.request.urlopen(f"{address}/api/events/{event_id}/markets", timeout=10) as answer:  # noqa: S310
                version = json.load(answer)["version"]
            if known.setdefault(event_id, version) != version:
                report.send(("poll", event_id, time.monotonic_ns()))
                known[event_id] = version
        time.sleep(max(0.0, POLL_EVERY_S - (time.monotonic() - started)))
