"""The client rule of each lane, as plain state without a socket: what a topic knows, and what a frame adds to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Change = Mapping[str, Any]
Reduce = Callable[[dict[str, Any], Change], dict[str, Any]]


class Gap(Exception):
    """A change is missing: subscribe again from the position that is whole."""


@dataclass
class ConflatedState:
    """The last value of each key. A version that is not newer changes nothing; null takes the key away."""

    entries: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def restart(self) -> None:
        """An image follows."""
        self.entries = {}

    def merge(self, entries: Iterable[tuple[str, int, dict[str, Any] | None]]) -> list[str]:
        """Apply entries; returns the keys that changed."""
        changed = []
        for key, version, value in entries:
            known = self.entries.get(key)
            if value is None:
                if self.entries.pop(key, None) is not None:
                    changed.append(key)
            elif known is None or version > known[0]:
                self.entries[key] = (version, value)
                changed.append(key)
        return changed

    def values(self) -> dict[str, dict[str, Any]]:
        """Key to value."""
        return {key: value for key, (_, value) in self.entries.items()}


@dataclass
class SequencedState:
    """An image and every change since, once and in order."""

    reduce: Reduce
    epoch: str | None = None
    seq: int = 0
    image: dict[str, Any] = field(default_factory=dict)

    @property
    def since(self) -> str | None:
        """The position to resume from."""
        return None if self.epoch is None else f"{self.epoch}:{self.seq}"

    def restart(self, position: str, image: dict[str, Any]) -> None:
        """Begin with an image."""
        self.epoch, self.seq = parse_position(position)
        self.image = image

    def forget(self) -> None:
        """The history this position belongs to is lost."""
        self.epoch = None

    def take(self, position: str, changes: Iterable[Change]) -> list[Change]:
        """Apply the next changes and return them; old ones are dropped. Raises Gap when one is missing."""
        if parse_position(position)[0] != self.epoch:
            raise Gap(position)
        applied = []
        for change in changes:
            if change["seq"] <= self.seq:
                continue
            if change["seq"] != self.seq + 1:
                raise Gap(position)
            self.seq = change["seq"]
            self.image = self.reduce(self.image, change)
            applied.append(change)
        return applied


def parse_position(text: str) -> tuple[str, int]:
    """`epoch:seq` as its parts."""
    epoch, _, seq = text.rpartition(":")
    return epoch, int(seq)
