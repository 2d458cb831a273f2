"""Frames as server-sent events, and one event id that says where a reader stands in every sequenced topic at once."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from realtime.core.encoding import Frame
from realtime.core.positions import find_stream_position

RETURN_MS: Final = 1_000  # after a cut that said nothing; the reader's browser waits up to twice as long
STAY_AWAY_MS: Final = 60_000  # a browser cannot be told not to come back, only to take its time
EVENTS_KEPT: Final = 4  # a frame goes to all its readers one after the other: then it is not needed again

# Frames hold these last, and they may be large: what stands before them is enough to know the frame by.
_BULK: Final = (',"image":', ',"part":', ',"changes":')
_ID: Final = re.compile(r"([0-9A-Za-z_-]{8})\.([0-9A-Za-z_:,-]{0,4200})\Z")


class EventStream:
    """Turns the frames of one reader into events.

    An id stands beside every event that moves the reader on in a sequenced topic: a digest of the list of sequenced
    topics, then their positions in the order of that list, empty where there is none yet. Sent back as `Last-Event-ID`
    it resumes all of them; with another list of topics it means nothing and is not used.
    """

    def __init__(self, sequenced_topics: Sequence[str], *, since: str | None = None) -> None:
        names = "\n".join(sequenced_topics).encode()
        self._digest = base64.urlsafe_b64encode(hashlib.sha256(names).digest()[:6]).decode()
        self._positions = dict.fromkeys(sequenced_topics, "")
        match = _ID.match(since or "")
        if match is None or match[1] != self._digest:
            return
        positions = match[2].split(",")
        if len(positions) == len(self._positions) and all(
            not position or find_stream_position(position) for position in positions
        ):
            self._positions = dict(zip(self._positions, positions, strict=True))

    def find_since(self, topic: str) -> str | None:
        """The position the reader comes back with."""
        return self._positions.get(topic) or None

    def write(self, frame: Frame) -> bytes:
        """A frame as the event that carries it."""
        head, event = _make_event(frame)
        event_id = self._move(head)
        return event if event_id is None else f"id: {event_id}\n".encode() + event

    def _move(self, head: dict[str, Any]) -> str | None:
        """Note where a frame takes the reader; the id from there on, None where it stays.

        A resumed `subscribed` names the position after the changes that are still to follow it: only these move.
        """
        topic = head.get("topic", "")
        if topic not in self._positions:
            return None
        if head["op"] == "resync":
            self._positions[topic] = ""
        elif head["op"] == "update" or (head["op"] == "subscribed" and _is_whole_image(head)):
            self._positions[topic] = head["pos"]
            return f"{self._digest}.{','.join(self._positions.values())}"
        return None


def write_opening(return_ms: int) -> bytes:
    """What a stream begins with, so that its headers leave at once."""
    return f"retry: {return_ms}\n\n".encode()


@lru_cache(maxsize=EVENTS_KEPT)
def _make_event(frame: Frame) -> tuple[dict[str, Any], bytes]:
    """The head of a frame, and its event without an id: both are the same for every reader."""
    head = read_head(frame.text)
    lines = f"event: {head['op']}\n"
    if head["op"] == "bye":
        lines += f"retry: {head['retry_ms'] if head['reconnect'] else STAY_AWAY_MS}\n"
    return head, f"{lines}data: {frame.text}\n\n".encode()


def read_head(text: str) -> dict[str, Any]:
    """The members of a frame before its image or its changes."""
    ends = [end for end in map(text.find, _BULK) if end >= 0]
    head: dict[str, Any] = json.loads(f"{text[: min(ends)]}}}" if ends else text)
    return head


def _is_whole_image(head: dict[str, Any]) -> bool:
    return "resumed" not in head and bool(head.get("segment", 0) == head.get("segments", 1) - 1)
