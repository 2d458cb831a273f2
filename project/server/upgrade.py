"""The opening request of a WebSocket: read, judged and answered. Pure; RFC 6455 section 4.2 and RFC 9112."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

HEAD_BYTES_MAX: Final = 16 * 1024  # cookies of a browser fill a few KiB; what is larger is not a browser's
HEADERS_MAX: Final = 100
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_NAME: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_BAD_VALUE: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TARGET: Final = re.compile(rb"/[\x21-\x7e]*\Z")

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class UpgradeRequest:
    """A request that may become a socket. Names of headers are in lower case."""

    raw_path: bytes
    query_string: bytes
    headers: Headers
    key: bytes
    subprotocols: list[str]

    @property
    def path(self) -> str:
        return unquote(self.raw_path.decode("ascii"))


class UpgradeRefused(Exception):
    """The request cannot become a socket; `response` says why, and the connection ends."""

    def __init__(self, status: int, phrase: str, *headers: str) -> None:
        super().__init__(phrase)
        self.response = refusal(status, phrase, *headers)


def refusal(status: int, phrase: str, *headers: str) -> bytes:
    """A response without a body after which the connection ends."""
    lines = [f"HTTP/1.1 {status} {phrase}", "Connection: close", "Content-Length: 0", *headers, "", ""]
    return "\r\n".join(lines).encode("ascii")


def read_upgrade(head: bytes) -> UpgradeRequest:
    """The request whose head, up to and with its empty line, is given. Raises UpgradeRefused."""
    lines = head[:-4].split(b"\r\n")
    target = _read_request_line(lines[0])
    headers = _read_headers(lines[1:])
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found[name] = found[name] + b", " + value if name in found else value
    key = _check_headers(found)
    raw_path, _, query_string = target.partition(b"?")
    offered = found.get(b"sec-websocket-protocol", b"").decode("latin1")
    return UpgradeRequest(
        raw_path=raw_path,
        query_string=query_string,
        headers=[(name, value) for name, value in headers if b"_" not in name],  # Django could not tell it from `-`
        key=key,
        subprotocols=[name.strip() for name in offered.split(",") if name.strip()],
    )


def accept_response(key: bytes, *, subprotocol: str | None, headers: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """The `101 Switching Protocols` that opens the socket."""
    proof = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
    parts = [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ",
        proof,
        b"\r\n",
    ]
    if subprotocol is not None:
        parts += [b"Sec-WebSocket-Protocol: ", subprotocol.encode("ascii"), b"\r\n"]
    for name, value in headers:
        parts += [name, b": ", value, b"\r\n"]
    return b"".join((*parts, b"\r\n"))


def _read_request_line(line: bytes) -> bytes:
    words = line.split(b" ")
    if len(words) != 3 or not _TARGET.match(words[1]):
        raise UpgradeRefused(400, "Bad Request")
    method, target, version = words
    if method != b"GET":
        raise UpgradeRefused(405, "Method Not Allowed", "Allow: GET")
    if version != b"HTTP/1.1":
        raise UpgradeRefused(505, "HTTP Version Not Supported")
    return target


def _read_headers(lines: list[bytes]) -> Headers:
    if len(lines) > HEADERS_MAX:
        raise UpgradeRefused(431, "Request Header Fields Too Large")
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.match(name) or _BAD_VALUE.search(value):
            raise UpgradeRefused(400, "Bad Request")
        headers.append((name.lower(), value.strip(b" \t")))
    return headers


def _check_headers(found: dict[bytes, bytes]) -> bytes:
    if not found.get(b"host") or b"," in found[b"host"]:
        raise UpgradeRefused(400, "Bad Request")
    if b"transfer-encoding" in found or found.get(b"content-length", b"0") != b"0":
        raise UpgradeRefused(400, "Bad Request")
    if not _has_word(found, b"upgrade", b"websocket") or not _has_word(found, b"connection", b"upgrade"):
        raise UpgradeRefused(426, "Upgrade Required", "Upgrade: websocket")
    if found.get(b"sec-websocket-version") != b"13":
        raise UpgradeRefused(426, "Upgrade Required", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    key = found.get(b"sec-websocket-key", b"")
    try:
        is_key = len(base64.b64decode(key, validate=True)) == 16
    except binascii.Error:
        is_key = False
    if not is_key:
        raise UpgradeRefused(400, "Bad Request")
    return key


def _has_word(found: dict[bytes, bytes], name: bytes, word: bytes) -> bool:
    return any(part.strip().lower() == word for part in found.get(name, b"").split(b","))
