"""What Twisted's transports do not tell: how much of what was written is still unsent."""

from typing import Any


def count_unsent(transport: Any) -> int:  # Twisted's transports have no one type
    """Bytes the kernel has not taken yet. A transport that hides its buffer, as under TLS, counts as empty."""
    buffered = len(getattr(transport, "dataBuffer", b"")) - getattr(transport, "offset", 0)
    return int(buffered + getattr(transport, "_tempDataLen", 0))
