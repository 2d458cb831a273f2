"""`python -m project.server`: this process alone, or several that share one listening socket."""

import argparse
import importlib
import os
import sys
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

from django.conf import settings

from project.server.processes import BACKLOG, run_processes
from project.server.serving import serve
from project.server.websocket import SocketRules
from realtime.core import closing
from realtime.core.limits import FRAME_BYTES

# The loop that serves every socket waits for the interpreter behind the threads that serve requests: at Python's 5 ms
# for each of them eight busy ones hold up all sockets for most of a second, as `make bench-bounds` shows.
SWITCH_INTERVAL_S: Final = 0.0005

# Placing a slip: Twisted's HTTP costs more than all that the site does for one.
HOT_PATH: Final = "/api/slips"

# Up to twice the limit a message is read whole, so that its sender gets a `bye` that says why.
RULES = SocketRules(
    message_bytes_max=2 * FRAME_BYTES, too_large_code=closing.TOO_LARGE.code, flood_code=closing.FLOOD.code
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m project.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=settings.PORT)
    parser.add_argument("--processes", type=int, default=settings.WEB_PROCESSES)
    parser.add_argument("--application", default="project.asgi:application", help="module:attribute")
    parser.add_argument("--endpoint", help="what to listen on, as `serve` has it, for example ssl:443:privateKey=...")
    options = parser.parse_args()
    if options.endpoint is not None:
        serve_one(options.endpoint, options.application)
    elif options.processes > 1:
        run_processes(options.processes, host=options.host, port=options.port, application=options.application)
    else:
        serve_one(f"tcp:port={options.port}:interface={options.host}:backlog={BACKLOG}", options.application)


def serve_one(endpoint: str, application: str) -> None:
    """Serve in this process."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # Only now: the parent of several processes needs no site of its own.
    serve(load(application), endpoint=endpoint, rules=RULES, whole_path=HOT_PATH)


def load(name: str) -> Any:
    """The ASGI application that `module:attribute` names."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


if __name__ == "__main__":
    main()
