"""RFC 6455 frames as a client sends them: bytes in, messages out. No socket and no clock, so any cut can be tried.

Nothing is buffered beyond one message; a frame that announces more than the limit is refused at its header.
"""

import codecs
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

FRAMES_PER_MESSAGE_MAX: Final = 2_048  # sixteen bytes each make the largest message; empty ones would never end
CONTROL_BYTES_MAX: Final = 125
HEADER_BYTES_MAX: Final = 14
CLOSE_CODES: Final = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})
PRIVATE_CLOSE_CODES: Final = range(3000, 5000)

PROTOCOL_ERROR: Final = 1002
INVALID_TEXT: Final = 1007

_make_decoder: Final = codecs.getincrementaldecoder("utf-8")


class Opcode(IntEnum):
    """RFC 6455, section 11.8."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


KNOWN_OPCODES: Final = frozenset(Opcode)


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message: text, or the bytes of a binary one."""

    content: str | bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """To be answered by a pong with the same payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """The other end is there."""


@dataclass(frozen=True, slots=True)
class Close:
    """The other end closes; `code` is 1005 where it gave none."""

    code: int


@dataclass(frozen=True, slots=True)
class Violation:
    """The other end broke the protocol: close with this code. Nothing is read after it."""

    code: int
    reason: str


Received = Message | Ping | Pong | Close | Violation


@dataclass(slots=True)
class _Header:
    opcode: int
    is_final: bool
    length: int
    mask: bytes


class _Broken(Exception):
    """What ends the reading; carries the Violation."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.violation = Violation(code, reason)


class FrameReader:
    """One per socket. Text is checked as it arrives, so that bad UTF-8 is refused before its frame is whole."""

    __slots__ = (
        "_at",
        "_buffer",
        "_decoder",
        "_flood_code",
        "_frames",
        "_frames_allowed",
        "_header",
        "_is_over",
        "_kind",
        "_offset",
        "_pieces",
        "_size",
        "frames_read",
        "limit",
    )

    def __init__(self, *, limit: int, too_large_code: int, flood_code: int) -> None:
        self.limit = (limit, too_large_code)
        self._buffer = b""
        self._at = 0  # where in the buffer the next byte to be read is
        self._header: _Header | None = None
        self._offset = 0  # bytes of the current frame's payload that were taken already
        self._kind: Opcode | None = None  # of the message under way
        self._pieces: list[str] | list[bytes] = []
        self._size = 0
        self._frames = 0
        self._decoder: codecs.IncrementalDecoder | None = None
        self._is_over = False
        self._flood_code = flood_code
        self._frames_allowed = 0
        self.frames_read = 0

    def feed(self, data: bytes, *, frames_max: int) -> list[Received]:
        """What the bytes complete, in order; more than `frames_max` frames are a Violation.

        After a Close or a Violation everything is ignored.
        """
        self._frames_allowed = self.frames_read + frames_max
        received: list[Received] = []
        if self._is_over:
            return received
        self._buffer = self._buffer + data if self._buffer else data
        try:
            while self._step(received):
                pass
        except _Broken as broken:
            received.append(broken.violation)
            self.stop()
        self._buffer, self._at = self._buffer[self._at :], 0
        return received

    def stop(self) -> None:
        """Ignore everything from now on."""
        self._is_over = True
        self._buffer, self._at = b"", 0
        self._pieces = []

    def _step(self, received: list[Received]) -> bool:
        """Take the next header or part of a payload; False when more bytes are needed, or none will be read."""
        if self._header is None:
            self._header = self._read_header()
            if self._header is None:
                return False
            self._offset = 0
        header = self._header
        if header.opcode >= Opcode.CLOSE:
            if len(self._buffer) - self._at < header.length:
                return False
            self._header = None
            self._take_control(header, _unmask(self._take(header.length), header.mask, 0), received)
            return not self._is_over
        chunk = self._take(min(header.length - self._offset, len(self._buffer) - self._at))
        payload = _unmask(chunk, header.mask, self._offset)
        self._offset += len(chunk)
        is_whole = self._offset == header.length
        if is_whole:
            self._header = None
        self._take_data(payload, is_last=is_whole and header.is_final, received=received)
        return is_whole

    def _take(self, count: int) -> bytes:
        first, self._at = self._at, self._at + count
        return self._buffer[first : self._at]

    def _read_header(self) -> _Header | None:
        buffer = self._buffer[self._at : self._at + HEADER_BYTES_MAX]
        if len(buffer) < 2:
            if buffer:
                self._check_first_byte(buffer[0])
            return None
        self._check_first_byte(buffer[0])
        if not buffer[1] & 0x80:
            raise _Broken(PROTOCOL_ERROR, "a client's frames are masked")
        short = buffer[1] & 0x7F
        opcode, is_final = buffer[0] & 0x0F, bool(buffer[0] & 0x80)
        if opcode >= Opcode.CLOSE and short > CONTROL_BYTES_MAX:
            raise _Broken(PROTOCOL_ERROR, "a control frame is too long")
        extra = 2 if short == 126 else 8 if short == 127 else 0
        if len(buffer) < 2 + extra + 4:
            return None
        length = int.from_bytes(buffer[2 : 2 + extra], "big") if extra else short
        if (extra == 2 and length < 126) or (extra == 8 and not 1 << 16 <= length < 1 << 63):
            raise _Broken(PROTOCOL_ERROR, "the length is not written in its shortest form")
        header = _Header(opcode, is_final, length, buffer[2 + extra : 6 + extra])
        if opcode < Opcode.CLOSE:
            self._begin_frame(header)
        self._at += 6 + extra
        self.frames_read += 1
        if self.frames_read > self._frames_allowed:
            raise _Broken(self._flood_code, "too many frames")
        return header

    def _check_first_byte(self, byte: int) -> None:
        if byte & 0x70:
            raise _Broken(PROTOCOL_ERROR, "a reserved bit is set")
        opcode = byte & 0x0F
        if opcode not in KNOWN_OPCODES:
            raise _Broken(PROTOCOL_ERROR, "the opcode is reserved")
        if opcode >= Opcode.CLOSE and not byte & 0x80:
            raise _Broken(PROTOCOL_ERROR, "a control frame is fragmented")
        if opcode == Opcode.CONTINUATION and self._kind is None:
            raise _Broken(PROTOCOL_ERROR, "there is nothing to continue")
        if opcode in {Opcode.TEXT, Opcode.BINARY} and self._kind is not None:
            raise _Broken(PROTOCOL_ERROR, "the last message has not ended")

    def _begin_frame(self, header: _Header) -> None:
        if header.opcode != Opcode.CONTINUATION:
            self._kind = Opcode(header.opcode)
            self._pieces, self._size, self._frames = [], 0, 0
            self._decoder = _make_decoder() if self._kind is Opcode.TEXT else None
        self._size += header.length
        self._frames += 1
        limit, code = self.limit
        if self._size > limit or self._frames > FRAMES_PER_MESSAGE_MAX:
            raise _Broken(code, "the message is too large")

    def _take_data(self, payload: bytes, *, is_last: bool, received: list[Received]) -> None:
        if self._decoder is None:
            self._pieces.append(payload)  # type: ignore[arg-type]  # the kind of message decides the kind of pieces
        else:
            try:
                self._pieces.append(self._decoder.decode(payload, is_last))  # type: ignore[arg-type]  # as above
            except UnicodeDecodeError as error:
                raise _Broken(INVALID_TEXT, "the text is not UTF-8") from error
        if is_last:
            empty: str | bytes = b"" if self._decoder is None else ""
            received.append(Message(empty.join(self._pieces)))  # type: ignore[arg-type]  # as above
            self._kind, self._pieces, self._decoder, self._frames = None, [], None, 0

    def _take_control(self, header: _Header, payload: bytes, received: list[Received]) -> None:
        if header.opcode == Opcode.PING:
            received.append(Ping(payload))
        elif header.opcode == Opcode.PONG:
            received.append(Pong())
        else:
            received.append(Close(_read_close(payload)))
            self.stop()


def _read_close(payload: bytes) -> int:
    if not payload:
        return 1005
    if len(payload) == 1:
        raise _Broken(PROTOCOL_ERROR, "a close code has two bytes")
    code = int.from_bytes(payload[:2], "big")
    if code not in CLOSE_CODES and code not in PRIVATE_CLOSE_CODES:
        raise _Broken(PROTOCOL_ERROR, "the close code is not one to be sent")
    try:
        payload[2:].decode()
    except UnicodeDecodeError as error:
        raise _Broken(INVALID_TEXT, "the close reason is not UTF-8") from error
    return code


def _unmask(data: bytes, mask: bytes, offset: int) -> bytes:
    """One XOR of two big numbers: far quicker in Python than byte by byte."""
    size = len(data)
    if not size:
        return data
    turn = offset & 3
    pattern = ((mask[turn:] + mask[:turn]) * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "little") ^ int.from_bytes(pattern, "little")).to_bytes(size, "little")


def control_frame(opcode: Opcode, payload: bytes) -> bytes:
    """A control frame as a server sends it, unmasked."""
    assert len(payload) <= CONTROL_BYTES_MAX
    return bytes((0x80 | opcode, len(payload))) + payload


def data_frame(opcode: Opcode, payload: bytes) -> bytes:
    """A whole message in one frame, as a server sends it, unmasked."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 1 << 16:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame; a reason that is too long is cut."""
    return control_frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason.encode()[: CONTROL_BYTES_MAX - 2])
