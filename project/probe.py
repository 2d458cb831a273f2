"""Asks this container's web process for its health. Exits with 0 if it can serve; docker-compose.yml runs it."""

import os
import urllib.error
import urllib.request
from typing import Final

TIMEOUT_S: Final = 2


def is_healthy(port: int, host_name: str) -> bool:
    """The site answers only to its own names, so the probe has to call it by one."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/health", headers={"Host": host_name})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    name = os.environ.get("TOUCHLINE_ALLOWED_HOSTS", "localhost").split(",")[0]
    raise SystemExit(0 if is_healthy(8000, name) else 1)
