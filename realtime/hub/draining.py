"""Leaving in good order: every socket is told to come back elsewhere before this process ends."""

from typing import TYPE_CHECKING

from realtime.core import closing as closings

if TYPE_CHECKING:
    from realtime.hub.hub import Hub


def drain(hub: "Hub") -> None:
    """Refuse new sockets and say goodbye to the open ones. Commands under way are still answered."""
    hub.is_draining = True
    for connection in tuple(hub.connections):
        connection.close(closings.DRAINING)
