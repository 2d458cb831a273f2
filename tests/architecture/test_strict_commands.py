"""Commands take JSON types as they are documented: no number out of a text, no boolean out of a number."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import pytest
from pydantic import BaseModel, Field, StrictBool, create_model

from project.kit.schemas import AnyCase, Command, DayIn, InstantIn
from project.urls import api
from realtime.commands import CALLS

LOOSE: Final = {"bool", "int", "float", "decimal"}
CALENDAR: Final = {"date", "datetime", "time", "timedelta"}
BEFORE: Final = {"function-before", "function-wrap"}


def list_lax(schema: object, where: str = "") -> Iterator[str]:
    """Where a schema of pydantic's core reads one JSON type as another."""
    if isinstance(schema, Mapping):
        kind = schema.get("type")
        if (kind in LOOSE - {"str"} and not schema.get("strict")) or kind in CALENDAR:
            yield f"{where}: {kind}"
        below = {} if kind in BEFORE and schema["schema"]["type"] in CALENDAR else schema  # a function looks first
        for name, part in below.items():
            if name not in {"serialization", "metadata", "default"}:
                yield from list_lax(part, where if name in {"schema", "fields"} else f"{where}/{name}")
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from list_lax(part, where)


def list_bodies() -> Iterator[type[BaseModel]]:
    """Of every route, and the arguments of every call of the socket."""
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                yield from (model for model in operation.models if model.__ninja_param_source__ == "body")
    yield from (call.command for call in CALLS.values())


def lax_places(model: type[BaseModel]) -> list[str]:
    model.model_rebuild()
    return list(list_lax(model.__pydantic_core_schema__))


def test_every_command_is_strict() -> None:
    bodies = list(list_bodies())

    assert len(bodies) > 40
    assert {place for body in bodies for place in lax_places(body)} == set()


@pytest.mark.parametrize(
    ("annotation", "lax"),
    [
        (bool, 1),
        (int, 1),
        (list[float], 1),
        (StrictBool, 0),
        (Annotated[int, Field(strict=True, ge=1)] | None, 0),
        (InstantIn, 0),
        (DayIn | None, 0),
        (Annotated[str, AnyCase], 0),
    ],
)
def test_a_lax_type_would_be_seen(annotation: Any, lax: int) -> None:
    class Inner(Command):
        value: annotation

    outer: type[BaseModel] = create_model("Outer", inner=(list[Inner], ...))

    assert len(lax_places(outer)) == lax
