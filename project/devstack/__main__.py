"""`python -m project.devstack`: runs the site on this machine until Ctrl-C."""

import argparse
import os
import signal
from pathlib import Path

from project.devstack.ports import check_free, find_port, parse_port
from project.devstack.postgres import ServerFailed
from project.devstack.stack import REPOSITORY, Stack, stop_on_signals
from project.devstack.tether import tether


def main() -> int:
    port = find_port()  # also reads `.env`
    os.environ.setdefault("TOUCHLINE_ENV", "development")
    parser = argparse.ArgumentParser(prog="python -m project.devstack", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=parse_port, default=port)
    parser.add_argument("--folder", type=Path, default=REPOSITORY / ".touchline", help="where the data lives")
    parser.add_argument(
        "--stop-with-parent", action="store_true", help="stop when the process that started this one dies"
    )
    options = parser.parse_args()
    stop_on_signals()
    if options.stop_with_parent:
        tether_self()
    check_free(options.host, options.port)
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        return Stack(host=options.host, port=options.port, folder=options.folder.resolve()).run()
    except ServerFailed as error:
        raise SystemExit(str(error)) from error


def tether_self() -> None:
    """`make` may be killed; then this is nobody's foreground program any more and has to go too."""
    bind = tether(signal.SIGTERM, parent_id=os.getppid())
    bind()


if __name__ == "__main__":
    raise SystemExit(main())
