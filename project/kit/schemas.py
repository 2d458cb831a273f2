"""The base of everything on the wire: commands refuse what they do not know, replies are frozen facts."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer

_MILLISECONDS = "milliseconds"

Item = TypeVar("Item")


def write_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec=_MILLISECONDS).replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(write_instant, return_type=str, when_used="json")]
"""An instant written as ISO 8601 in UTC with milliseconds and `Z`."""


def strip_property_titles(schema: dict[str, Any]) -> None:
    """Drop the title pydantic gives every property: type generators make an alias of each."""
    for definition in schema.get("properties", {}).values():
        definition.pop("title", None)


class WireModel(BaseModel):
    """Shared settings of commands, replies, events and changes."""

    model_config = ConfigDict(
        defer_build=True,  # at first use: a process uses few of them, and building all is a sixth of its start
        frozen=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,
        json_schema_extra=strip_property_titles,
    )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as stored and sent."""
        return self.model_dump(mode="json")


class Command(WireModel):
    """What a client asks. Unknown fields are refused."""


class Reply(WireModel):
    """What a client gets."""


class Page(WireModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None
