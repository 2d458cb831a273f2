"""What a conflated topic holds: the last value of each key. A value is replaced by a newer version only."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from realtime.core.json_text import write_json

Value = dict[str, Any] | None  # None: the key is gone

_HEAD: Final = re.compile(rb'\["([^"\\]*(?:\\.[^"\\]*)*)",(\d+),')
_OBJECT_END: Final = b"}]"
_GONE_END: Final = b",null]"


class Entry:
    """One key of a conflated topic at one version. Not changed after it is made.

    One that came over the bus stays as it was written there: most are only passed on, and nobody looks at their value.
    """

    __slots__ = ("_encoded", "_value", "key", "version")

    def __init__(self, key: str, version: int, value: Value, *, encoded: bytes | None = None) -> None:
        self.key = key
        self.version = version
        self._value = value
        self._encoded = encoded

    @classmethod
    def of_json(cls, encoded: bytes) -> "Entry":
        """An entry as frames and the bus carry it: `[key, version, value]`, compact. Raises ValueError."""
        head = _HEAD.match(encoded)
        if head is None or not encoded.endswith((_OBJECT_END, _GONE_END)):
            raise ValueError(f"{encoded[:80]!r} is no entry")
        key = head[1]
        name: str = json.loads(b'"' + key + b'"') if b"\\" in key else key.decode()
        return cls(name, int(head[2]), None, encoded=encoded)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and self.as_list() == other.as_list()

    def __hash__(self) -> int:
        return hash((self.key, self.version))

    def __repr__(self) -> str:
        return f"Entry({self.key!r}, {self.version}, {self.value!r})"

    @property
    def is_gone(self) -> bool:
        """Whether the key has no value any more."""
        return self._value is None and (self._encoded is None or self._encoded.endswith(_GONE_END))

    @property
    def value(self) -> Value:
        """The value, read when somebody asks for it."""
        if self._value is None and not self.is_gone:
            assert self._encoded is not None
            self._value = json.loads(self._encoded)[2]
        return self._value

    def as_list(self) -> list[Any]:
        """The shape on the wire: `[key, version, value]`."""
        return [self.key, self.version, self.value]

    @property
    def encoded(self) -> bytes:
        """The same as JSON, encoded once however many frames and images it stands in."""
        if self._encoded is None:
            self._encoded = write_json(self.as_list()).encode()
        return self._encoded


def read_message(payload: bytes) -> tuple[int, list[Entry]]:
    """When a message of the bus was published, in milliseconds, and its entries. Raises ValueError.

    `bus.conflated_message` writes it: a line with `c` and the time, then a line for each entry.
    """
    if payload[:1] != b"c":
        raise ValueError(f"{payload[:80]!r} is no message of a conflated topic")
    first, *lines = payload.split(b"\n")
    return int(first[1:]), [Entry.of_json(line) for line in lines]


class ConflationBuffer:
    """Key to newest entry. Order of arrival does not matter: any order of the same entries ends in the same state."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._arrived: dict[str, int] = {}
        self._removed_at = 0
        self.version = 0
        self.arrivals = 0  # entries taken so far; what a reader that fell behind has seen is told by it

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def get(self, key: str) -> Entry | None:
        """The newest entry of a key."""
        return self._entries.get(key)

    def offer(self, entry: Entry) -> bool:
        """Keep the entry if it is newer than what is held; True if it was."""
        held = self._entries.get(entry.key)
        if held is not None and held.version >= entry.version:
            return False
        self._entries[entry.key] = entry
        self.version = max(self.version, entry.version)
        self.arrivals += 1
        self._arrived[entry.key] = self.arrivals
        return True

    def list_versions(self) -> dict[str, int]:
        """Key to version: what was known when an image was asked for."""
        return {entry.key: entry.version for entry in self._entries.values()}

    def merge_image(self, image: Iterable[Entry], *, known: dict[str, int]) -> list[Entry]:
        """Take over a fresh image and return what changed. `known` is `list_versions()` from before it was read.

        An entry that came over the bus while the image was being read is newer and stays; a key that was known before,
        did not move meanwhile and is missing from the image is gone.
        """
        changed: list[Entry] = []
        present: set[str] = set()
        for entry in image:
            present.add(entry.key)
            if self.offer(entry):
                changed.append(entry)
        for key, version in known.items():
            held = self._entries.get(key)
            if key not in present and held is not None and held.version == version:
                del self._entries[key], self._arrived[key]
                self.arrivals += 1
                self._removed_at = self.arrivals
                if not held.is_gone:
                    changed.append(Entry(key, version, None))
        return changed

    def list_live(self) -> list[Entry]:
        """The entries that have a value: what a newcomer gets."""
        return [entry for entry in self._entries.values() if not entry.is_gone]

    def list_since(self, arrivals: int) -> list[Entry] | None:
        """What arrived after that many; None where a key has been forgotten meanwhile and only an image can tell."""
        if self._removed_at > arrivals:
            return None
        return [entry for key, entry in self._entries.items() if self._arrived[key] > arrivals]
