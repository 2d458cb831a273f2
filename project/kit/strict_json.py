"""JSON as we accept it from outside: one UTF-8 object, no NaN, no duplicate keys, nothing PostgreSQL cannot store."""

import json
import math
from typing import Any, Final

from project.kit.errors import MalformedJson

MAX_DEPTH = 32  # deeper than any command of ours by far; bounds the work of every walk over it


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("An object names the same key twice")
    return result


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("A number is too large")
    return number


_decoder: Final = json.JSONDecoder(  # one for all
    parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique_keys
)


def parse_object(body: bytes | str) -> dict[str, Any]:
    """The object in `body`. Raises MalformedJson with the reason."""
    try:
        text = body.decode("utf-8", "strict") if isinstance(body, bytes) else body
        value = _decoder.decode(text)
    except UnicodeDecodeError as error:
        raise MalformedJson("The body is not UTF-8") from error
    except RecursionError as error:
        raise MalformedJson(f"The body is nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise MalformedJson(str(error)) from error
    if not isinstance(value, dict):
        raise MalformedJson("The body is not a JSON object")
    if _may_hide_something(text):
        _check_values(value)
    return value


def _may_hide_something(text: str) -> bool:
    """Most texts cannot hold what the walk looks for: only an escape, or a text that was never UTF-8, names a character
    that the database does not take, and only brackets nest."""
    return "\\" in text or not text.isascii() or text.count("{") + text.count("[") > MAX_DEPTH


def _check_values(root: dict[str, Any]) -> None:
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            else:
                _check_scalar(value)
        if not below:
            return
        level = below
    if any(isinstance(value, dict | list) for value in level):
        raise MalformedJson(f"The body is nested deeper than {MAX_DEPTH} levels")
    for value in level:
        _check_scalar(value)


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise MalformedJson("A text holds a NUL character")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise MalformedJson("A text holds a lone surrogate")
