"""Tells in one line that the web port is taken, before anything is installed. Needs the standard library only."""

import os
import re
import socket
import sys
from pathlib import Path

from project.devstack.env_file import load_env_file

DEFAULT_PORT = 8000
ENV_FILE = Path(__file__).resolve().parent.parent.parent / ".env"


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def check_free(host: str, port: int) -> None:
    if not is_free(host, port):
        another = port + 1 if port < 65535 else DEFAULT_PORT
        raise SystemExit(f"Port {port} is taken by another program. Choose a free one: make run PORT={another}")


def parse_port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def find_port(given: str = "") -> int:
    """The port given, or else in the environment, or else in `.env`, or else the default."""
    load_env_file(ENV_FILE)
    text = given.strip() or os.environ.get("PORT", "").strip()
    return parse_port(text) if text else DEFAULT_PORT


if __name__ == "__main__":
    check_free("127.0.0.1", find_port(*sys.argv[1:2]))
