"""The client rule of each lane, as plain state without a socket: what a topic knows, and what a frame adds to it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from touchline_client.topic import Entry

Change = Mapping[str, Any]
Reduce = Callable[[dict[str, Any], Change], dict[str, Any]]

# Keys that are gone are remembered, so that what was sent before they went does not bring them back; not for ever.
GONE_KEYS_MAX: Final = 10_000


class Gap(Exception):
    """A change is missing: subscribe again from the position that is whole. `applied` came before the hole."""

    def __init__(self, position: str, applied: list[Change]) -> None:
        super().__init__(position)
        self.applied = applied


@dataclass
class ConflatedState:
    """The last value of each key. A version that is not newer changes nothing; null takes the key away."""

    entries: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _gone: dict[str, int] = field(default_factory=dict)

    def restart(self) -> None:
        """An image follows."""
        self.entries = {}
        self._gone = {}

    def merge(self, entries: Iterable[Sequence[Any]]) -> list[Entry[dict[str, Any]]]:
        """Apply entries `[key, version, value]`; returns those that changed something."""
        return [Entry(*entry) for entry in entries if self._take(*entry)]

    def values(self) -> dict[str, dict[str, Any]]:
        """Key to value."""
        return {key: value for key, (_, value) in self.entries.items()}

    def list_entries(self) -> list[Entry[dict[str, Any]]]:
        """All there is."""
        return [Entry(key, version, value) for key, (version, value) in self.entries.items()]

    def _take(self, key: str, version: int, value: dict[str, Any] | None) -> bool:
        known = self.entries.get(key)
        if value is None:
            # Going keeps the version, and so does coming back unchanged.
            if version < (known[0] if known else self._gone.get(key, version)):
                return False
            self.entries.pop(key, None)
            self._gone.pop(key, None)
            self._gone[key] = version
            if len(self._gone) > GONE_KEYS_MAX:
                del self._gone[next(iter(self._gone))]
            return known is not None
        if version <= known[0] if known else version < self._gone.get(key, version):
            return False
        self._gone.pop(key, None)
        self.entries[key] = (version, value)
        return True


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
        """Begin with an image. Raises ValueError for what is no position."""
        self.epoch, self.seq = parse_position(position)
        self.image = image

    def forget(self) -> None:
        """The history this position belongs to is lost."""
        self.epoch = None

    def has_reached(self, position: str) -> bool:
        """Whether everything up to there has been applied."""
        epoch, seq = parse_position(position)
        return epoch == self.epoch and self.seq >= seq

    def take(self, position: str, changes: Iterable[Change]) -> list[Change]:
        """Apply the next changes and return them; old ones are dropped. Raises Gap when one is missing."""
        if self.epoch is None or parse_position(position)[0] != self.epoch:
            raise Gap(position, [])
        applied: list[Change] = []
        for change in changes:
            if change["seq"] <= self.seq:
                continue
            if change["seq"] != self.seq + 1:
                raise Gap(position, applied)
            self.seq = change["seq"]
            self.image = self.reduce(self.image, change)
            applied.append(change)
        return applied


@dataclass
class EphemeralState:
    """What is true now: the newest image and the changes since. Nothing is counted and nothing is resumed."""

    reduce: Reduce
    image: dict[str, Any] = field(default_factory=dict)

    def restart(self, image: dict[str, Any]) -> None:
        """Begin with an image, whatever was known."""
        self.image = image

    def take(self, changes: Iterable[Change]) -> None:
        """Apply changes as they come."""
        for change in changes:
            self.image = self.reduce(self.image, change)


def parse_position(text: str) -> tuple[str, int]:
    """`epoch:seq` as its parts. Raises ValueError."""
    epoch, _, seq = text.rpartition(":")
    if not (epoch and seq.isascii() and seq.isdigit()):
        raise ValueError(f"{text!r} is no position")
    return epoch, int(seq)
