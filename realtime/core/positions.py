"""How a place in a topic is written on the wire: `epoch:seq` for sequenced topics, `v:<version>` for conflated ones."""

import re
from typing import Final

MAX_SEQ: Final = 2**63 - 1

_STREAM_POSITION: Final = re.compile(r"([0-9A-Za-z_-]{1,64}):(0|[1-9][0-9]{0,18})\Z")


def format_stream_position(epoch: str, seq: int) -> str:
    """`epoch:seq`."""
    return f"{epoch}:{seq}"


def format_version(version: int) -> str:
    """`v:<version>`."""
    return f"v:{version}"


def find_stream_position(text: str) -> tuple[str, int] | None:
    """Epoch and seq of what a client sent as `since`; None if it is no such position."""
    match = _STREAM_POSITION.match(text)
    if match is None:
        return None
    seq = int(match.group(2))
    return (match.group(1), seq) if seq <= MAX_SEQ else None
