"""Reading what is published between processes, as a hub would."""

import json
from typing import Any


def read_message(data: bytes) -> dict[str, Any]:
    """A message of the bus: JSON, or for newest values a head and a line of JSON for each key."""
    head, *lines = data.split(b"\n")
    if not head.startswith(b"c"):
        message: dict[str, Any] = json.loads(data)
        return message
    return {"l": "c", "k": [json.loads(line) for line in lines], "pt": int(head[1:])}
