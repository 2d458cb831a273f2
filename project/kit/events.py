"""Domain events: facts in the past tense, published by actions, carried up to the reactions of higher apps."""

from typing import Any, ClassVar

from django.db import connection

from project.kit import bus
from project.kit.models import RecordedEvent
from project.kit.schemas import WireModel

_event_types: dict[str, type["DomainEvent"]] = {}


class DomainEvent(WireModel):
    """A fact. Subclasses fix `type` to one literal, `"<app>.<past_tense>"`, and give it as the default."""

    type: str

    TYPE: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.TYPE = cls.model_fields["type"].default
        assert "." in str(cls.TYPE), f"{cls.__name__}.type needs a default such as 'app.fact'"
        assert cls.TYPE not in _event_types, f"event type {cls.TYPE} is declared twice"
        _event_types[cls.TYPE] = cls


def event_class(event_type: str) -> type[DomainEvent]:
    """The class of a recorded event's type."""
    return _event_types[event_type]


def publish(event: DomainEvent) -> None:
    """Record a fact in the transaction that made it true; reactions hear of it after commit."""
    assert connection.in_atomic_block, "publish() belongs to the transaction that makes the fact true"
    RecordedEvent.objects.create(type=event.type, payload=event.to_json())
    from project.kit.reactions import schedule_hints  # reactions read events: the import would be circular above

    bus.wake_on_commit(bus.REACTIONS_WAKE)
    schedule_hints(event)


def announce_stored(event_type: type[DomainEvent]) -> None:
    """Have durable reactions hear after commit of a fact that a statement of this transaction has recorded itself.

    Nobody makes it an object, so it must be one that no hint waits for.
    """
    from project.kit.reactions import has_hints  # as above

    assert not has_hints(event_type), f"a hint waits for {event_type.TYPE}, and would not hear of it"
    bus.wake_on_commit(bus.REACTIONS_WAKE)
