"""The one hub of this process: started with the server or its first socket, kept right by checks that run beside it."""

import asyncio
import weakref
from typing import Final

from realtime.hub import checks, draining
from realtime.hub.hub import Hub

_hubs: Final[weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]] = weakref.WeakKeyDictionary()


def current_hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
        hub.bus.start()
        checks.start(hub)
    return hub


async def drain_hub() -> None:
    """Say goodbye to every socket of the running loop, if it has a hub."""
    hub = _hubs.get(asyncio.get_running_loop())
    if hub is not None:
        draining.drain(hub)
        await hub.attendance.settle()
