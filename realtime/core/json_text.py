"""JSON as it travels."""

import json
from typing import Final

_encoder: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def write_json(value: object) -> str:
    """Compact JSON."""
    return _encoder.encode(value)  # `json.dumps` would make an encoder for each call
