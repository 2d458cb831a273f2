"""One connection after another: opens a socket, says hello, watches for silence, and comes back by itself after a wait
that the server asked for or that grows. It knows nothing of topics and calls."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Origin

from touchline_client.backoff import LOST, SESSION_ENDED, get_least_wait_ms, make_delay_ms, may_reconnect
from touchline_client.clock import now_s
from touchline_client.errors import TicketUnavailable
from touchline_client.pacing import Pacer
from touchline_client.requests import Frame, write_frame

PROTOCOL_VERSION: Final = 1
FRAME_BYTES_MAX: Final = 16 * 1024 * 1024  # of the server; images are segmented long before
HEARTBEAT_MS: Final = 5_000
WATCH_EVERY_S: Final = 1.0
STEADY_AFTER_S: Final = 10.0
CLOSE_WITHIN_S: Final = 1.0  # a server that does not answer our goodbye is left without

Ticket = str | None
GetTicket = Callable[[], Ticket | Awaitable[Ticket]]
# `idle` before the first opening, `connecting` until its welcome, `offline` between connections, `closed` for good.
LinkPhase = Literal["idle", "connecting", "open", "offline", "closed"]


@dataclass(frozen=True, slots=True)
class Loss:
    """How a connection ended, and when the next one is tried; `retry_ms` is None if none is."""

    code: int
    """The close code, or the HTTP status of a refused handshake; 1006 where there was neither."""
    bye: Mapping[str, Any] | None
    retry_ms: float | None


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """Where to, as whom, and how."""

    url: str
    chance: Callable[[], float]
    headers: Mapping[str, str] = field(default_factory=dict)
    origin: str | None = None
    get_ticket: GetTicket | None = None
    lang: str | None = None
    heartbeat_ms: int | None = None
    reconnect: bool = True


class LinkHandler(Protocol):
    """Who is told."""

    def enter(self, frame: Frame) -> None: ...

    def hear(self, frame: Frame) -> None: ...

    def lose(self, loss: Loss) -> None: ...

    def refresh(self) -> None:
        """Phase or silence changed."""

    def tick(self) -> None:
        """About once a second while connected."""


def get_delayed_after_s(heartbeat_ms: float) -> float:
    """Silence after which what is known may be old: one heartbeat and its delay."""
    return (heartbeat_ms * 1.5 + 500) / 1_000


def get_lost_after_s(heartbeat_ms: float) -> float:
    """Silence after which the connection is given up."""
    return max(heartbeat_ms * 4, 5_000) / 1_000


async def find_ticket(get_ticket: GetTicket | None) -> Ticket:
    """Ask for a ticket; a function that blocks does so in a thread."""
    if get_ticket is None:
        return None
    found = await asyncio.to_thread(get_ticket)
    return found if found is None or isinstance(found, str) else await found


class Link:
    """`run` is the connection's life. Frames are sent in their turn, no faster than the server takes them."""

    def __init__(self, options: LinkOptions, handler: LinkHandler) -> None:
        self.phase: LinkPhase = "idle"
        self.socket: ClientConnection | None = None
        self._options = options
        self._handler = handler
        self._heartbeat_ms: float = options.heartbeat_ms or HEARTBEAT_MS
        self._attempt = 0
        self._heard_at = 0.0
        self._welcomed_at: float | None = None
        self._bye: Frame | None = None
        self._pacer = Pacer()
        self._outbox: deque[str] = deque()
        self._has_mail = asyncio.Event()

    @property
    def is_free(self) -> bool:
        """Whether a frame would leave at once."""
        return self.phase == "open" and self._pacer.find_wait_s(now_s(), behind=len(self._outbox)) == 0

    @property
    def is_silent(self) -> bool:
        """Whether the server has said nothing for longer than it promised."""
        return self.phase == "open" and self._silence_s >= get_delayed_after_s(self._heartbeat_ms)

    def send(self, frame: Frame) -> None:
        """Send a frame in its turn; without a connection it is dropped."""
        if self.phase == "open":
            self._outbox.append(write_frame(frame))
            self._has_mail.set()

    def drop(self) -> None:
        """Give up a connection that is of no use any more, without a goodbye, and come back as after any other loss."""
        if self.socket is not None:
            self.socket.transport.abort()

    def begin(self) -> None:
        """From now on a connection is wanted; `run` makes it."""
        self._set_phase("connecting")

    def end(self) -> None:
        """No connection is wanted any more."""
        self._set_phase("closed")

    async def run(self) -> None:
        """Connect, and again after each loss, until that is of no use."""
        while True:
            loss = self._make_loss(await self._converse())
            self._set_phase("closed" if loss.retry_ms is None else "offline")
            self._handler.lose(loss)
            if loss.retry_ms is None:
                return
            await asyncio.sleep(loss.retry_ms / 1_000)

    @property
    def _silence_s(self) -> float:
        return now_s() - self._heard_at

    async def _converse(self) -> int:
        """One connection from its ticket to its end; returns the close code, or the status of a refused handshake."""
        self._bye = self._welcomed_at = None
        self._outbox.clear()
        try:
            async with asyncio.timeout(get_lost_after_s(self._heartbeat_ms)) as until_welcome:
                ticket = await find_ticket(self._options.get_ticket)
                self.socket = socket = await self._connect()
                try:
                    await socket.send(write_frame(self._make_hello(ticket)))
                    await self._talk(socket, until_welcome)
                finally:
                    await socket.close()
        except InvalidStatus as refused:
            return refused.response.status_code
        except (InvalidHandshake, ConnectionClosed, OSError, EOFError, TicketUnavailable):
            return LOST
        finally:
            self.socket = None
        return self._find_code(socket)

    def _find_code(self, socket: ClientConnection) -> int:
        return self._bye["code"] if self._bye is not None else socket.close_code or LOST

    def _connect(self) -> connect:
        return connect(
            self._options.url,
            additional_headers=dict(self._options.headers),
            origin=Origin(self._options.origin) if self._options.origin else None,
            max_size=FRAME_BYTES_MAX,
            compression=None,
            open_timeout=None,  # ours counts the ticket and the welcome too
            ping_interval=None,  # heartbeats and pings of the protocol say more
            close_timeout=CLOSE_WITHIN_S,
        )

    def _make_hello(self, ticket: Ticket) -> Frame:
        hello: Frame = {"op": "hello", "v": PROTOCOL_VERSION}
        if self._options.lang is not None:
            hello["lang"] = self._options.lang
        if self._options.heartbeat_ms is not None:
            hello["heartbeat_ms"] = self._options.heartbeat_ms
        if ticket is not None:
            hello["ticket"] = ticket
        return hello

    async def _talk(self, socket: ClientConnection, until_welcome: asyncio.Timeout) -> None:
        others = [asyncio.create_task(each) for each in (self._empty_outbox(socket), self._watch(socket))]
        for task in others:
            task.add_done_callback(self._drop_if_failed)
        try:
            await self._listen(socket, until_welcome)
        finally:
            for task in others:
                task.cancel()
            await asyncio.wait(others)
            # Before the goodbyes, which take their time: what is known is not live any more.
            self._set_phase("offline" if self._may_return(self._find_code(socket)) else "closed")
        for task in others:
            if not task.cancelled():
                task.result()

    async def _listen(self, socket: ClientConnection, until_welcome: asyncio.Timeout) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                frame = read_frame(message)
                if frame is None:
                    return  # whatever it said is lost, so nothing that follows can be trusted
                if frame["op"] == "bye":
                    self._bye = frame
                    return
                if frame["op"] == "welcome":
                    until_welcome.reschedule(None)
                self._hear(frame)

    def _drop_if_failed(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.drop()

    def _hear(self, frame: Frame) -> None:
        was_silent = self.is_silent
        self._heard_at = now_s()
        if frame["op"] == "welcome":
            self._welcomed_at = self._heard_at
            self._heartbeat_ms = frame["heartbeat_ms"]
            limits = frame["limits"]
            self._pacer.begin(frames_per_s=limits["frames_per_s"], burst=limits["burst"], at=self._heard_at)
            self.phase = "open"
            self._handler.enter(frame)
            self._handler.refresh()
            return
        self._handler.hear(frame)
        if was_silent:
            self._handler.refresh()

    async def _empty_outbox(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._has_mail.wait()
                self._has_mail.clear()
                while self._outbox:
                    wait_s = self._pacer.find_wait_s(now_s())
                    if wait_s > 0:
                        await asyncio.sleep(wait_s)
                        continue
                    self._pacer.take()
                    await socket.send(self._outbox[0])
                    self._outbox.popleft()

    async def _watch(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            if self.phase == "open":
                if self._silence_s >= get_lost_after_s(self._heartbeat_ms):
                    socket.transport.abort()
                    return
                self._handler.refresh()
            self._handler.tick()

    def _make_loss(self, code: int) -> Loss:
        if self._welcomed_at is not None and now_s() - self._welcomed_at >= STEADY_AFTER_S:
            self._attempt = 0
        if not self._may_return(code):
            return Loss(code, self._bye, None)
        own_ms = make_delay_ms(self._attempt, self._options.chance)
        asked_ms = self._bye["retry_ms"] if self._bye is not None else get_least_wait_ms(code)
        # The first wait a server spread for us is used as it is; one that keeps ending us is asked ever less often.
        is_asked_alone = self._bye is not None and self._bye["reconnect"] and self._attempt == 0
        self._attempt += 1
        return Loss(code, self._bye, asked_ms if is_asked_alone else asked_ms + own_ms)

    def _may_return(self, code: int) -> bool:
        if not self._options.reconnect:
            return False
        if code == SESSION_ENDED and self._options.get_ticket is not None:
            return True  # a ticket that was refused may have run out on the way; the next one is fresh
        return bool(self._bye["reconnect"]) if self._bye is not None else may_reconnect(code)

    def _set_phase(self, phase: LinkPhase) -> None:
        if phase != self.phase:
            self.phase = phase
            self._handler.refresh()


def read_frame(message: str | bytes) -> Frame | None:
    """What the server said; None for what is no frame."""
    try:
        frame = json.loads(message)
    except ValueError:
        return None
    return frame if isinstance(frame, dict) and isinstance(frame.get("op"), str) else None
