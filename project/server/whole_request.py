"""A request that arrived in one piece, read at once, and an answer that leaves in one. Pure; RFC 9112.

Only the shape that any client of ours sends is read here. What is unusual in any way is left to Twisted, whose rules
then decide whether it is allowed at all.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

HEAD_BYTES_MAX: Final = 8 * 1024  # cookies of a browser fill a few KiB
HEADERS_MAX: Final = 50
_UNUSUAL: Final = re.compile(rb"[^\x20-\x7e\r\n]")
_NAME: Final = re.compile(rb"[!#$%&'*+\-.^`|~0-9A-Za-z]+\Z")  # without `_`, which Django could not tell from `-`
# They change how the rest is read, who answers or what the application is told.
_LEFT_TO_TWISTED: Final = frozenset(
    {b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer", b"daphne-root-path", b"http2-settings"}
)

_STATUS_LINES: Final = {each.value: f"HTTP/1.1 {each.value} {each.phrase}".encode() for each in HTTPStatus}

Headers = list[tuple[bytes, bytes]]


def read_whole(data: bytes, request_line: bytes) -> tuple[Headers, bytes] | None:
    """Headers, their names in lower case, and body; the data begins with this line, whose end is included.

    None unless the data is exactly one request, whose body has an announced length, on a connection that is kept.
    """
    end = data.find(b"\r\n\r\n", 0, HEAD_BYTES_MAX)
    if end < len(request_line):
        return None
    head = data[len(request_line) : end]
    lines = head.split(b"\r\n")
    breaks = len(lines) - 1
    if breaks >= HEADERS_MAX or head.count(b"\r") != breaks or head.count(b"\n") != breaks or _UNUSUAL.search(head):
        return None
    headers = []
    length = None
    for line in lines:
        name, colon, value = line.partition(b":")
        name = name.lower()
        if not colon or not _NAME.match(name) or name in _LEFT_TO_TWISTED:
            return None
        value = value.strip(b" ")
        if name == b"content-length":
            if length is not None or not value.isdigit():
                return None
            length = int(value)
        elif name == b"connection" and value.lower() != b"keep-alive":
            return None
        headers.append((name, value))
    body = data[end + 4 :]
    return (headers, body) if length == len(body) else None


def write_whole(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """A response in one piece; its length is named here. Raises ValueError for a header that would end its line."""
    lines = [_STATUS_LINES[status]]
    lines += [b"%b: %b" % header for header in headers if header[0].lower() != b"content-length"]
    lines += [b"Content-Length: %d" % len(body), b"", b""]
    head = b"\r\n".join(lines)
    if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1:
        raise ValueError("a header holds a line break")
    return head + body
