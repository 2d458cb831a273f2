"""Frames as text and as bytes on the wire. Each frame is encoded once, however many sockets it goes to."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from realtime.core.conflation import Entry
from realtime.core.json_text import write_json
from realtime.core.positions import format_stream_position, format_version

_FINAL_TEXT_FRAME: Final = 0x81
_LENGTH_16_BIT: Final = 126
_LENGTH_64_BIT: Final = 127


class Frame:
    """One encoded frame, shared by every socket it is written to."""

    __slots__ = ("_payload", "_text", "_wire")

    def __init__(self, text: str | None = None, *, payload: bytes = b"") -> None:
        """From its JSON, as text or as UTF-8 already."""
        self._text = text
        self._payload = payload
        self._wire: bytes | None = None

    @property
    def text(self) -> str:
        """What the frame says."""
        if self._text is None:
            self._text = self._payload.decode()
        return self._text

    @property
    def wire(self) -> bytes:
        """The frame with its RFC 6455 header, as an unmasked server frame."""
        if self._wire is None:
            self._wire = self._write_wire()
        return self._wire

    def _write_wire(self) -> bytes:
        payload = self._payload or self.text.encode()
        size = len(payload)
        if size < _LENGTH_16_BIT:
            header = bytes((_FINAL_TEXT_FRAME, size))
        elif size < 1 << 16:
            header = bytes((_FINAL_TEXT_FRAME, _LENGTH_16_BIT)) + size.to_bytes(2, "big")
        else:
            header = bytes((_FINAL_TEXT_FRAME, _LENGTH_64_BIT)) + size.to_bytes(8, "big")
        return header + payload


def frame_of(content: Mapping[str, Any], **encoded: str) -> Frame:
    """A frame from its members; members that are None are left out. `encoded` ones are JSON text already."""
    text = write_json({name: value for name, value in content.items() if value is not None})
    if encoded:
        text = ",".join([text[:-1], *(f'"{name}":{value}' for name, value in encoded.items())]) + "}"
    return Frame(text)


def reply_frame(ref: int | str, ok: str) -> Frame:
    """The good answer to a call: its reply is JSON text already."""
    return Frame(f'{{"op":"reply","ref":{write_json(ref)},"ok":{ok}}}')


def conflated_update(topic: str, *, entries: Iterable[Entry], version: int, published_at_ms: int) -> Frame:
    """The newest values of the keys that changed since the last frame of this pace."""
    changes = b",".join([entry.encoded for entry in entries])
    position = format_version(version).encode()
    # A few thousand a second are made on a busy process: put together from ready parts instead of encoded anew.
    members = (_begin_update(topic), published_at_ms, position, changes)
    return Frame(payload=b'%b%d,"pos":"%b","con":true,"changes":[%b]}' % members)


@lru_cache(maxsize=4096)
def _begin_update(topic: str) -> bytes:
    return f'{{"op":"update","topic":{write_json(topic)},"pt":'.encode()


def sequenced_update(
    topic: str, *, epoch: str, changes: Sequence[tuple[int, Mapping[str, Any]]], published_at_ms: int
) -> Frame:
    """Consecutive changes of a sequenced topic; the position is that of the last."""
    return frame_of(
        {
            "op": "update",
            "topic": topic,
            "pt": published_at_ms,
            "pos": format_stream_position(epoch, changes[-1][0]),
            "changes": [{**change, "seq": seq} for seq, change in changes],
        }
    )


def image_frames(head: Mapping[str, Any], segments: Sequence[str]) -> list[Frame]:
    """`subscribed` frames of a conflated image whose entries were encoded before, one frame a segment."""
    frames = []
    for index, encoded_entries in enumerate(segments):
        place = {"segment": index, "segments": len(segments)} if len(segments) > 1 else {}
        frames.append(frame_of({**head, **place}, image=f'{{"entries":[{encoded_entries}]}}'))
    return frames
