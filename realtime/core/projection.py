"""Fewer fields of a conflated topic's values, for clients that show only some of them."""

from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import BaseModel

from realtime.core.conflation import Entry

FIELDS_MAX: Final = 20
Fields = tuple[str, ...]  # sorted, so that the same choice in another order shares its frames


def project(entry: Entry, fields: Fields) -> Entry:
    """The entry with these members of its value only."""
    value = entry.value
    if value is None:
        return entry
    return Entry(entry.key, entry.version, {name: value[name] for name in fields if name in value})


def find_unknown_fields(fields: Iterable[str], values: Sequence[type[BaseModel]]) -> list[str]:
    """The names that no value of the topic has."""
    known = {field.alias or name for model in values for name, field in model.model_fields.items()}
    return sorted(set(fields) - known)
