"""The first bytes of a connection decide: a socket's opening request never passes Twisted's HTTP, all else does."""

import time
from collections.abc import Callable
from typing import Any, Final

from daphne.http_protocol import HTTPFactory
from twisted.internet.protocol import Protocol
from twisted.protocols.policies import ProtocolWrapper

from project.server.bounded_channel import BoundedChannel
from project.server.http import BoundedRequest
from project.server.websocket import OPENING_WITHIN_S, SocketProtocol

SOCKET_PREFIX: Final = b"GET /ws/"
SAYS_SOMETHING_WITHIN_S: Final = 30.0  # browsers open connections they may need soon


class FrontDoor(Protocol):  # type: ignore[misc]  # Twisted's types are left out
    """Hands the connection on, with what it has read, as soon as it can tell what it is."""

    def __init__(self, server: Any, make_http: Callable[[], Any]) -> None:  # daphne's server has no types
        self._server = server
        self._make_http = make_http
        self._opened_at = time.monotonic()
        self._began_at: float | None = None
        self._data = b""

    def connectionMade(self) -> None:  # noqa: N802  Twisted's name
        self._server.opening[self] = self._opened_at

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        if self._began_at is None:
            self._began_at = time.monotonic()
        self._data += data
        size = min(len(self._data), len(SOCKET_PREFIX))
        if self._data[:size] != SOCKET_PREFIX[:size]:
            self._hand_on(self._make_http())
        elif size == len(SOCKET_PREFIX):
            self._hand_on(self._server.make_socket(opened_at=self._began_at))

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802  Twisted's name
        self._server.opening.pop(self, None)

    @property
    def is_idle(self) -> bool:
        """Whether nothing was said yet."""
        return self._began_at is None

    def check_opening(self, now: float) -> None:
        """Called by the server every two seconds."""
        is_overdue = self._began_at is not None and now - self._began_at > OPENING_WITHIN_S
        if is_overdue or now - self._opened_at > SAYS_SOMETHING_WITHIN_S:
            self.transport.abortConnection()

    def _hand_on(self, protocol: Any) -> None:
        self._server.opening.pop(self, None)
        transport = self.transport
        if isinstance(transport, ProtocolWrapper):  # TLS
            transport.wrappedProtocol = protocol
        else:
            transport.protocol = protocol
        protocol.makeConnection(transport)
        protocol.dataReceived(self._data)


class FrontDoorFactory(HTTPFactory):  # type: ignore[misc]  # daphne ships no types
    """Takes the place of daphne's factory for listening sockets."""

    protocol = BoundedChannel

    def buildProtocol(self, addr: Any) -> FrontDoor:  # noqa: N802  Twisted's name
        return FrontDoor(self.server, lambda: self._make_http(addr))

    def _make_http(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class SocketFactory:
    """Takes the place of daphne's WebSocket factory, for an upgrade on a connection that spoke HTTP before."""

    def __init__(self, server_class: Any, **_: Any) -> None:  # daphne's name for itself
        self._server = server_class

    def setProtocolOptions(self, **_: Any) -> None:  # noqa: N802  autobahn's name
        """autobahn's options mean nothing here."""

    def buildProtocol(self, addr: Any) -> SocketProtocol:  # noqa: N802  Twisted's name
        socket: SocketProtocol = self._server.make_socket(opened_at=time.monotonic())
        return socket
