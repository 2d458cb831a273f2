"""A topic with its types, and the events that a subscription to it brings."""

from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar

Image = TypeVar("Image")
Change = TypeVar("Change")
Value = TypeVar("Value")
Event = TypeVar("Event")


class Entry(NamedTuple, Generic[Value]):
    """One key of a conflated topic; without a value the key is gone."""

    key: str
    version: int
    value: Value | None


@dataclass(frozen=True, slots=True)
class ImageEvent(Generic[Image]):
    """The state of a topic as a whole; what was known before is void."""

    image: Image
    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class ChangeEvent(Generic[Change]):
    """One change. On a sequenced topic each comes once and in order; without `seq` it is a hint that may be lost."""

    change: Change
    seq: int | None = None
    kind: Literal["change"] = "change"


@dataclass(frozen=True, slots=True)
class EntriesEvent(Generic[Value]):
    """Newer values of some keys of a conflated topic; with `replace` they are all there is, other keys are gone."""

    entries: list[Entry[Value]]
    replace: bool
    kind: Literal["entries"] = "entries"


AnyEvent: TypeAlias = ImageEvent[Any] | ChangeEvent[Any] | EntriesEvent[Any]


@dataclass(frozen=True, slots=True)
class Topic(Generic[Image, Event]):
    """A topic by name: what its state looks like, and which events move it. `topics` has a function for each."""

    name: str

    def __str__(self) -> str:
        return self.name


ConflatedTopic: TypeAlias = Topic[dict[str, Value], EntriesEvent[Value]]
SequencedTopic: TypeAlias = Topic[Image, ImageEvent[Image] | ChangeEvent[Change]]
EphemeralTopic: TypeAlias = Topic[Image, ImageEvent[Image] | ChangeEvent[Change]]
