"""Ties a child's life to its parent's: when the parent dies, even by SIGKILL, the kernel signals the child."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def tether(death_signal: signal.Signals, *, parent_id: int | None = None) -> Callable[[], None]:
    """To be called in the child, for example as a `preexec_fn` of subprocess.

    Elsewhere than on Linux there is no such signal, and the child is only stopped politely.
    """
    parent_id = parent_id or os.getpid()
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        # The parent may have died before the call above: then nobody would ever send the signal.
        if os.getppid() != parent_id:
            os._exit(1)

    return bind
