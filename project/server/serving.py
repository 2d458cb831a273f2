"""daphne's server with our protocols in it, and an end that cuts nobody off."""

import asyncio
import select
import time
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakSet

import daphne.server  # first: it decides which event loop Twisted uses
from daphne.server import Server
from daphne.utils import parse_x_forwarded_for
from django.conf import settings
from twisted.internet import defer, reactor
from twisted.internet.endpoints import serverFromString

from project.server.connection_counts import ConnectionCounts
from project.server.exchange import Exchange
from project.server.fair_port import FairPort, SharedSocketEndpoint
from project.server.front_door import FrontDoorFactory, SocketFactory
from project.server.http import RequestTransport
from project.server.lifespan import Lifespan
from project.server.processes import BACKLOG
from project.server.websocket import SocketProtocol, SocketRules

HTTP_TIMEOUT_S: Final = 60
DRAIN_WITHIN_S: Final = 10.0  # the slowest honest request takes a second; supervisors kill after fifteen
CHECK_OPENINGS_EVERY_S: Final = 2.0
GOODBYE_WITHIN_S: Final = 1.0
LOOK_EVERY_S: Final = 0.02  # at whether the last request has been answered

running_reactor: Any = reactor  # a module that is replaced by an object at run time


class TouchlineServer(Server):  # type: ignore[misc]  # daphne ships no types
    """Adds to daphne: its own WebSocket protocol, what protocols share, and a drained end."""

    def __init__(self, application: Any, *, rules: SocketRules, whole_path: str, **options: Any) -> None:
        super().__init__(application, **options)
        self.rules = rules
        self.whole_line = f"POST {whole_path} HTTP/1.1\r\n".encode("ascii")
        self._whole_scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": whole_path,
            "raw_path": whole_path.encode("ascii"),
            "query_string": b"",
            "root_path": "",
        }
        self._exchanges: set[Exchange] = set()
        self.opening: dict[Any, float] = {}  # connections whose first request is not whole yet
        self.channels = WeakSet[Any]()  # connections that speak HTTP; one that became a socket's is let go of
        self.is_ending = False
        self._ports: list[Any] = []
        self._lifespan = Lifespan(application)

    def run(self) -> None:
        running_reactor.callLater(CHECK_OPENINGS_EVERY_S, self._check_openings)
        running_reactor.callWhenRunning(self._lifespan.begin)
        super().run()

    def make_socket(self, *, opened_at: float) -> SocketProtocol:
        """A protocol for one more socket, whose first byte came at `opened_at`."""
        return SocketProtocol(self, self.rules, opened_at=opened_at)

    def call_later(self, delay_s: float, function: Callable[[], Any]) -> Any:
        """Twisted's delayed call."""
        return running_reactor.callLater(delay_s, function)

    def listen_success(self, port: Any) -> None:
        """From daphne, which forgets the port."""
        self._ports.append(port)
        super().listen_success(port)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """As daphne does, with what our protocols add to the scope."""
        if scope["type"] == "http":
            scope["extensions"] = {"touchline.transport": RequestTransport(protocol)}
        return super().create_application(protocol, scope)

    def begin_exchange(self, exchange: Exchange, ends: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
        """Have the application answer a request that came in one piece."""
        scope = {**self._whole_scope, **ends, "headers": headers}
        if self.proxy_forwarded_address_header:
            values: dict[bytes, list[bytes]] = {}
            for name, value in headers:
                values.setdefault(name, []).append(value)
            scope["client"], scope["scheme"] = parse_x_forwarded_for(
                values,
                self.proxy_forwarded_address_header,
                self.proxy_forwarded_port_header,
                self.proxy_forwarded_proto_header,
                scope["client"],
                scope["scheme"],
            )
        self._exchanges.add(exchange)
        exchange.begin(self.application, scope, self._exchanges.discard)

    def kill_all_applications(self) -> Any:
        """Before the reactor ends: accept nothing more, let the application say goodbye, let requests end."""
        return defer.Deferred.fromFuture(asyncio.ensure_future(self._end_in_good_order()))

    async def _end_in_good_order(self) -> None:
        self.is_ending = True
        for port in self._ports:
            _stop_listening(port)
        for channel in tuple(self.channels):
            channel.end_after_answer()
        await self._lifespan.end()
        await self._wait_for_requests()
        await self._wait_for_sockets()
        for exchange in tuple(self._exchanges):
            exchange.give_up()
        tasks = [task for _, task in self._list_applications()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait_for_requests(self) -> None:
        """Until nobody is sending a request, waiting for an answer or reading one."""
        deadline = time.monotonic() + DRAIN_WITHIN_S
        is_serving = True  # those who have just been let in are read first
        while is_serving and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_EVERY_S)
            is_serving = any(not connection.is_idle for connection in (*self.channels, *self.opening))

    async def _wait_for_sockets(self) -> None:
        deadline = time.monotonic() + GOODBYE_WITHIN_S
        while (left_s := deadline - time.monotonic()) > 0:
            tasks = [task for kind, task in self._list_applications() if kind == "websocket"]
            if not tasks:
                return
            await asyncio.wait(tasks, timeout=left_s)

    def _list_applications(self) -> list[tuple[str, asyncio.Future[None]]]:
        """The applications under way, with the kind of their connection."""
        found = []
        for protocol, details in self.connections.items():
            task = details.get("application_instance")
            if task is not None and not task.done():
                found.append((getattr(protocol, "application_type", "http"), task))
        return found

    def _check_openings(self) -> None:
        now = time.monotonic()
        for protocol in tuple(self.opening):
            protocol.check_opening(now)
        for exchange in tuple(self._exchanges):
            if now - exchange.began_at > HTTP_TIMEOUT_S:
                exchange.give_up()
        running_reactor.callLater(CHECK_OPENINGS_EVERY_S, self._check_openings)


def serve(application: Any, *, endpoint: str, rules: SocketRules, whole_path: str) -> None:
    """Serve until SIGTERM or SIGINT.

    `endpoint` is Twisted's, or `fd:<socket>:<counts>:<own>`: the descriptors of a socket that listens already and of
    the connection counts of those who share it, and which of these counts is this process'.

    A POST to `whole_path` that arrives in one piece does not pass through Twisted's HTTP.
    """
    # daphne offers no other way to choose these.
    daphne.server.HTTPFactory = FrontDoorFactory
    daphne.server.WebSocketFactory = SocketFactory
    daphne.server.serverFromString = _make_endpoint
    TouchlineServer(
        application,
        rules=rules,
        whole_path=whole_path,
        endpoints=[endpoint],
        http_timeout=HTTP_TIMEOUT_S,
        websocket_timeout=-1,  # sockets live as long as both ends want
        proxy_forwarded_address_header="X-Forwarded-For" if settings.IS_BEHIND_PROXY else None,
        proxy_forwarded_proto_header="X-Forwarded-Proto" if settings.IS_BEHIND_PROXY else None,
        server_name="touchline",
    ).run()


def _stop_listening(port: Any) -> None:
    """Let in whoever the kernel has let in already, then nobody."""
    if isinstance(port, FairPort):
        port.hurry()
    queue = select.poll()
    queue.register(port.fileno(), select.POLLIN)
    for _ in range(BACKLOG):
        if not queue.poll(0):
            break
        port.doRead()
    port.stopListening()


def _make_endpoint(some_reactor: Any, description: str) -> Any:
    kind, *numbers = description.split(":")
    if kind != "fd":
        return serverFromString(some_reactor, description)
    listening, counts, own = map(int, numbers)
    return SharedSocketEndpoint(listening, ConnectionCounts(counts, own))
