"""What a client may subscribe to. Apps declare topics in their `streams.py`; the socket layer only collects them.

A topic is either *conflated* (the last value of each key wins, never stored), *sequenced* (every change, once, in
order, stored and resumable) or *ephemeral* (true for a moment: may be lost, never stored), never two of them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel

from project.kit.callers import Caller
from project.kit.schemas import WireModel

Lane = Literal["conflated", "sequenced", "ephemeral"]
Arguments = Mapping[str, str]
MaySubscribe = Callable[[Caller, Arguments], bool]

MAX_TOPIC_LENGTH = 200  # the longest declared pattern with its ids stays far below
RETENTION_EVENTS = 1_000  # changes kept per stream for resuming clients; older ones get an image instead
_PLACEHOLDER = re.compile(r"{(\w+)}")
_ARGUMENT = {
    "id": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "slug": r"[a-z0-9][a-z0-9-]{0,63}",
}


class Change(WireModel):
    """One fact on a sequenced or ephemeral topic; subclasses fix `type` to a literal such as `slip.settled`.

    On the wire a change stands beside its number in the stream, so no change has a member `seq` of its own.
    """

    type: str

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        assert "seq" not in cls.model_fields, f"{cls.__name__}.seq would hide the number in the stream"


@dataclass(frozen=True)
class Keyed:
    """The newest value of one key of a conflated topic; `version` only grows for a key."""

    key: str
    version: int
    value: dict[str, Any] | None


@dataclass(frozen=True)
class Tally:
    """What the image of a conflated topic adds up to: a missed message shows as another tally."""

    keys: int
    version_sum: int


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What all lanes share. `pattern` holds placeholders ending in `_id` (a UUID) or anything else (a slug).

    `is_asked_again`: whoever hears it is asked about each minute, because the right can end while the role stays.
    """

    lane: ClassVar[Lane]
    name: str
    pattern: str
    may_subscribe: MaySubscribe
    is_asked_again: bool = False
    expression: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        expression = ""
        position = 0
        for match in _PLACEHOLDER.finditer(self.pattern):
            kind = "id" if match[1].endswith("_id") else "slug"
            expression += re.escape(self.pattern[position : match.start()]) + f"(?P<{match[1]}>{_ARGUMENT[kind]})"
            position = match.end()
        expression += re.escape(self.pattern[position:])
        object.__setattr__(self, "expression", re.compile(expression, re.ASCII))

    def name_for(self, **arguments: UUID | str) -> str:
        """The topic string of these arguments, for example `event:<id>:prices`."""
        return self.pattern.format(**arguments)


@dataclass(frozen=True, kw_only=True)
class ConflatedTopic(Topic):
    """Last value wins. `image` lists the newest value of every key; `values` are the shapes a value may have.

    `tally` answers, in one query for several topics of this pattern, what their images would add up to. Hubs compare it
    with what they hold every two seconds; without it they have to reread images, which costs far more.
    """

    lane: ClassVar[Lane] = "conflated"
    values: tuple[type[BaseModel], ...]
    image: Callable[[Arguments], Sequence[Keyed]]
    tally: Callable[[Sequence[Arguments]], Sequence[Tally]] | None = None


@dataclass(frozen=True, kw_only=True)
class SequencedTopic(Topic):
    """Every change once, in order. `image` is the state after the changes up to the stream's head."""

    lane: ClassVar[Lane] = "sequenced"
    changes: tuple[type[Change], ...]
    image: Callable[[Arguments], dict[str, Any]]


@dataclass(frozen=True)
class Attendee:
    """Somebody who hears a gathering. `person` is how the others see them; None: they are counted and not named.

    `unseen` are the ids of people whom this reader must not be shown.
    """

    person: dict[str, Any] | None
    unseen: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class EphemeralTopic(Topic):
    """What is true for a moment. It has no position and no history; `image` is the shape a newcomer gets."""

    lane: ClassVar[Lane] = "ephemeral"
    changes: tuple[type[Change], ...]
    image: type[BaseModel]


@dataclass(frozen=True, kw_only=True)
class GatheringTopic(EphemeralTopic):
    """Who is here, which is who hears it, and who is typing.

    `attend` raises where the caller may not be here, `check_may_type` where what they type could not be sent.
    """

    attend: Callable[[Caller, Arguments], Attendee]
    check_may_type: Callable[[Caller, Arguments], None]


@dataclass(frozen=True, kw_only=True)
class ContactsTopic(EphemeralTopic):
    """Who of some people has an open socket. `list_people` says whom, at most a page of them."""

    list_people: Callable[[Arguments], Sequence[UUID]]


@dataclass(frozen=True)
class ImagePart:
    """One app's share of a topic that several apps write to, such as a person's private stream."""

    topic_name: str
    part: str
    image: Callable[[Arguments], Any]
    changes: tuple[type[Change], ...]


AnyTopic = TypeVar("AnyTopic", bound=Topic)

_topics: dict[str, Topic] = {}
_parts: dict[str, list[ImagePart]] = {}


def everyone(caller: Caller, arguments: Arguments) -> bool:
    """The rule of a public topic."""
    return True


def declare(topic: AnyTopic) -> AnyTopic:
    """Make a topic known. Names and patterns are unique."""
    assert topic.name not in _topics, f"topic {topic.name} is declared twice"
    _topics[topic.name] = topic
    resolve.cache_clear()
    return topic


def declare_image_part(
    *, topic_name: str, part: str, image: Callable[[Arguments], Any], changes: tuple[type[Change], ...]
) -> None:
    """Add one app's part to the image of a topic declared by a lower app, and the changes it sends there."""
    _parts.setdefault(topic_name, []).append(ImagePart(topic_name, part, image, changes))


def all_topics() -> list[Topic]:
    """Every declared topic, by name."""
    return [_topics[name] for name in sorted(_topics)]


def change_types(topic: SequencedTopic) -> tuple[type[Change], ...]:
    """The changes that may appear on a sequenced topic, those of other apps' parts included."""
    return topic.changes + tuple(change for part in _parts.get(topic.name, []) for change in part.changes)


def sequenced_image(topic: SequencedTopic, arguments: Arguments) -> dict[str, Any]:
    """The whole image: the topic's own and every app's part. The caller holds one snapshot open around it."""
    image = dict(topic.image(arguments))
    for part in _parts.get(topic.name, []):
        image[part.part] = part.image(arguments)
    return image


@lru_cache(maxsize=4_096)  # the topics of a busy evening; a name that is none of ours costs its length, no more
def resolve(topic_string: str) -> tuple[Topic, Mapping[str, str]] | None:
    """The declared topic a client's string names, with its arguments, or None."""
    if len(topic_string) > MAX_TOPIC_LENGTH:
        return None
    for topic in _topics.values():
        match = topic.expression.fullmatch(topic_string)
        if match:
            return topic, MappingProxyType(match.groupdict())
    return None
