"""The base of everything on the wire: commands refuse what they do not know, replies are frozen facts."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, PlainSerializer

_MILLISECONDS = "milliseconds"
INSTANT_YEARS: Final = (1970, 2199)  # of what clients send

Item = TypeVar("Item")


def write_instant(instant: datetime, *, timespec: str = _MILLISECONDS) -> str:
    return instant.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(write_instant, return_type=str)]
"""An instant written as ISO 8601 in UTC with milliseconds and `Z`, also of a full second, and also in a dump of Python
values: that is what the HTTP door makes its JSON of."""


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _check_instant(value: object) -> object:
    """A number, also one in a text, would be read as seconds since 1970, or as milliseconds where it is large."""
    if not (isinstance(value, datetime) or (isinstance(value, str) and _DAY.match(value))):
        raise ValueError("an instant is a text such as 2026-11-29T15:00:00Z")
    return value


def _check_day(value: object) -> object:
    """The same of a day, which would also be read out of an instant at midnight."""
    if not (isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value))):
        raise ValueError("a day is a text such as 2026-11-29")
    return value


def _check_year(instant: datetime) -> datetime:
    """Near the ends of the calendar no instant can be told in UTC."""
    if not INSTANT_YEARS[0] <= instant.year <= INSTANT_YEARS[1]:
        raise ValueError(f"the year lies between {INSTANT_YEARS[0]} and {INSTANT_YEARS[1]}")
    return instant


InstantIn = Annotated[
    AwareDatetime,
    BeforeValidator(_check_instant),
    AfterValidator(_check_year),
    PlainSerializer(write_instant, return_type=str),
]
"""An instant as clients send it: ISO 8601 with its offset, without which nobody knows when it is."""

DayIn = Annotated[date, BeforeValidator(_check_day)]


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


AnyCase: Final = BeforeValidator(_lower)
"""Marks a word of clients that is stored in lower case: it is read however it is written."""


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
    """What a client asks. Unknown fields are refused, and JSON types are taken as they are: 1 is not true.

    Its numbers and booleans say so one by one (`strict`): a strict model would take no id, which JSON has no type for.
    """


class Reply(WireModel):
    """What a client gets."""


class Page(WireModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None
