"""How long-lived processes treat the garbage collector: its full passes were most of the slowest answers."""

import gc
from typing import Final

GC_THRESHOLDS: Final = (50_000, 20, 50)


def settle_memory() -> None:
    """Take what lives from start to end out of the collector's sight, and let it look for garbage less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
