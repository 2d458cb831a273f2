"""Leaving in good order: every socket is told to come back elsewhere before this process ends."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

from realtime.core import closing as closings

if TYPE_CHECKING:
    from realtime.hub.hub import Hub

FLUSH_S: Final = 0.5  # the goodbyes are short; what a socket has not taken by then it will not take


def drain(hub: "Hub") -> None:
    """Refuse new sockets and say goodbye to the open ones."""
    hub.is_draining = True
    for connection in tuple(hub.connections):
        connection.close(closings.DRAINING)


def leave_on_shutdown(hub: "Hub") -> None:
    """Under daphne, drain when its reactor is told to stop. Other servers close their sockets themselves."""
    if "twisted.internet.reactor" not in sys.modules:
        return
    from twisted.internet import defer, reactor

    def leave() -> Any:
        drain(hub)
        flushed: Any = defer.Deferred()
        asyncio.get_event_loop().call_later(FLUSH_S, flushed.callback, None)
        return flushed

    running: Any = reactor  # a module that is replaced by an object at run time
    running.addSystemEventTrigger("before", "shutdown", leave)
