"""What a conflated topic holds: the last value of each key. A value is replaced by a newer version only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Value = dict[str, Any] | None  # None: the key is gone


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a conflated topic at one version."""

    key: str
    version: int
    value: Value

    def as_list(self) -> list[Any]:
        """The shape on the wire: `[key, version, value]`."""
        return [self.key, self.version, self.value]


class ConflationBuffer:
    """Key to newest entry. Order of arrival does not matter: any order of the same entries ends in the same state."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self.version = 0

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
                del self._entries[key]
                if held.value is not None:
                    changed.append(Entry(key, version, None))
        return changed

    def list_live(self) -> list[Entry]:
        """The entries that have a value: what a newcomer gets."""
        return [entry for entry in self._entries.values() if entry.value is not None]
