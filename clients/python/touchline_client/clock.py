"""Two clocks: one that never jumps, for waits and silence, and the one on the wall, to compare with the server's."""

import asyncio
import time


def now_s() -> float:
    """Seconds by the event loop's clock."""
    return asyncio.get_running_loop().time()


def wall_ms() -> float:
    """Milliseconds since 1970."""
    return time.time() * 1_000
