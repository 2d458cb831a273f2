"""What Twisted's transports lack: how much of what was written is still unsent, and a write without their reactor."""

import contextlib
from typing import Any

from twisted.internet import tcp


def count_unsent(transport: Any) -> int:  # Twisted's transports have no one type
    """Bytes the kernel has not taken yet. A transport that hides its buffer, as under TLS, counts as empty."""
    buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
    return int(buffered + getattr(transport, "_tempDataLen", 0))


def write_at_once(transport: Any, data: bytes) -> None:
    """Write straight into the kernel where nothing waits; the transport takes the rest, and what it must encrypt.

    Its own way registers with the reactor for each write and leaves when the kernel has taken it.
    """
    is_plain = isinstance(transport, tcp.Server) and not transport.TLS
    if is_plain and transport.connected and not transport.disconnecting and not count_unsent(transport):
        with contextlib.suppress(OSError):  # full, or gone: the transport finds out which
            data = data[transport.socket.send(data) :]
    if data:
        transport.write(data)
