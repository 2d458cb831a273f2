"""Lists in pages by position, not by number: a page stays right while rows are added above it."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

from project.kit.errors import BadRequest
from project.kit.schemas import Page

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
MAX_CURSOR_LENGTH = 400

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


def encode_cursor(values: Sequence[object]) -> str:
    """The opaque position after a row with these order values."""
    texts = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    plain = json.dumps([str(text) if isinstance(text, UUID) else text for text in texts])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The order values of a cursor. Raises BadRequest when it is not one of ours."""
    try:
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise ValueError
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadRequest("The cursor is not valid") from error
    if not isinstance(values, list) or len(values) != length or not all(isinstance(v, str | int) for v in values):
        raise BadRequest("The cursor is not valid")
    return values


def paginate(
    queryset: QuerySet[Row],
    *,
    cursor: str | None,
    shape: Callable[[Row], Item],
    limit: int = DEFAULT_LIMIT,
    order: Sequence[str] = ("-created_at", "-id"),
) -> Page[Item]:
    """One page of a queryset in a total order; the last order field must be unique."""
    limit = max(1, min(limit, MAX_LIMIT))
    names = [name.lstrip("-") for name in order]
    ordered = queryset.order_by(*order)
    if cursor:
        values = decode_cursor(cursor, len(order))
        ordered = ordered.filter(_after(queryset.model, order, values))
    rows = list(ordered[: limit + 1])
    items = [shape(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items=items)
    last = rows[limit - 1]
    return Page(items=items, next_cursor=encode_cursor([getattr(last, name) for name in names]))


def _in_utc(value: Any) -> Any:
    """An instant in UTC: PostgreSQL refuses offsets that Python reads. Raises TypeError for one without an offset."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise TypeError("an instant has an offset")
    return value.astimezone(UTC)


def _after(model: type[Model], order: Sequence[str], values: Sequence[Any]) -> Q:
    """The rows behind a position: greater (or smaller) in the first field that differs."""
    condition = Q()
    equal = Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        try:
            column = model._meta.get_field(field)
            assert isinstance(column, Field), "an order names columns"
            typed = _in_utc(column.to_python(value))
        except (ValidationError, OverflowError, TypeError) as error:
            raise BadRequest("The cursor is not valid") from error
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{field}__{comparison}": typed})
        equal &= Q(**{field: typed})
    return condition
