"""The one hub of this process: started with the server or its first socket, kept right by checks that run beside it."""

from typing import Final

from project.kit.loops import LoopLocal
from realtime.hub import checks, draining
from realtime.hub.hub import Hub


def _start() -> Hub:
    hub = Hub()
    hub.bus.start()
    checks.start(hub)
    return hub


_hubs: Final = LoopLocal(_start)


def current_hub() -> Hub:
    """The hub of the running loop."""
    return _hubs.get()


async def drain_hub() -> None:
    """Say goodbye to every socket of the running loop, if it has a hub."""
    hub = _hubs.find()
    if hub is not None:
        draining.drain(hub)
        await hub.attendance.settle()
