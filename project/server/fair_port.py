"""Connections shared evenly by processes that accept from one listening socket.

The kernel wakes all of them for one connection, and whoever runs first takes it: of a burst one process may get twice
as many as another. So each says how many it has, and one that has more lets the others go first for a moment.
"""

import socket
from typing import Any, Final

from twisted.internet import defer, reactor, tcp

from project.server.connection_counts import NOT_ACCEPTING, ConnectionCounts

OTHERS_GO_FIRST_S: Final = 0.002  # several turns of a loop that has time; one that has none is no better choice

running_reactor: Any = reactor  # a module that is replaced by an object at run time


class CountedConnection(tcp.Server):  # type: ignore[misc]  # Twisted's types are left out
    """Tells its port that it is there, and when it ends."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.server.count(1)
        self._is_counted = True

    def connectionLost(self, reason: Any) -> None:  # noqa: N802  Twisted's name
        """Twisted may call it twice, and what a protocol raises comes out of it."""
        try:
            super().connectionLost(reason)
        finally:
            if self._is_counted:
                self._is_counted = False
                self.server.count(-1)


class FairPort(tcp.Port):  # type: ignore[misc]  # Twisted's types are left out
    """Takes one connection at a time, and where others have fewer only after they had their chance."""

    transport = CountedConnection
    numberAccepts = property(lambda self: 1, lambda self, count: None)  # noqa: N815  Twisted's name, which it tunes
    counts: ConnectionCounts
    _connections = 0
    _is_patient = True
    _is_ending = False

    def startListening(self) -> None:  # noqa: N802  Twisted's name
        super().startListening()
        self.counts.set(0)

    def doRead(self) -> None:  # noqa: N802  Twisted's name
        if self._is_patient and self.counts.are_lower_elsewhere():
            self._is_patient = False
            self.stopReading()
            self.reactor.callLater(OTHERS_GO_FIRST_S, self._go_on)
            return
        self._is_patient = not self._is_ending
        super().doRead()

    def count(self, change: int) -> None:
        """A connection more, or one less."""
        self._connections += change
        if not self._is_ending:
            self.counts.set(self._connections)

    def hurry(self) -> None:
        """This process is ending: take at once whom the kernel has let in already. Who comes later is the others'."""
        self._is_ending = True
        self._is_patient = False
        self.counts.set(NOT_ACCEPTING)

    def _go_on(self) -> None:
        if self.connected and not self._is_ending:
            self.startReading()


class SharedSocketEndpoint:
    """Listens on a socket that another process has opened, beside others that do."""

    def __init__(self, descriptor: int, counts: ConnectionCounts) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._counts = counts

    def listen(self, factory: Any) -> Any:
        """Begin; returns a Deferred of the port, as Twisted's endpoints do."""
        with self._socket as shared:  # the port has its own descriptor of it
            port = FairPort._fromListeningDescriptor(running_reactor, shared.fileno(), shared.family, factory)
        port.counts = self._counts
        port.startListening()
        return defer.succeed(port)
