"""`make bench-betting`: slips beside what the database does at most, in one run on one PostgreSQL."""

import argparse
import os

import django

from bench.betting import ledger
from bench.live_stack import find_free_port, migrated_servers

FIRST_PORT = 8900


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.betting", description=__doc__)
    lengths = parser.add_mutually_exclusive_group()
    lengths.add_argument("--quick", action="store_true", help="one short round: whether it runs, not how fast")
    lengths.add_argument("--long", action="store_true", help="longer windows, more rounds")
    parser.add_argument("--only", choices=("placement", "settlement", "ledger"), help="one part")
    parser.add_argument("--million", action="store_true", help="settle a million singles too: minutes of setting up")
    parser.add_argument("--young", action="store_true", help="a database just made: no segments of log kept")
    parser.add_argument("--ledger", action="store_true", help="audit ten million transfers too: minutes of setting up")
    arguments = parser.parse_args()
    os.environ.setdefault("WEB_PROCESSES", str(len(os.sched_getaffinity(0))))  # as in production
    length = "quick" if arguments.quick else "long" if arguments.long else "short"
    halves = {"placement", "settlement"} if arguments.only is None else {arguments.only}
    if halves != {"ledger"}:
        with migrated_servers(find_free_port(FIRST_PORT)) as folder:
            django.setup()
            from bench.betting import placement, settlement
            from bench.betting.segments import KEPT, keep_segments

            kept = 0 if arguments.young else KEPT
            if "placement" in halves:
                keep_segments(kept)
                placement.measure(folder, placement.LENGTHS[length])
            if "settlement" in halves:
                keep_segments(kept)
                settlement.measure(settlement.SIZES[length], with_million=arguments.million)
    if arguments.ledger or arguments.only == "ledger":
        with migrated_servers(find_free_port(FIRST_PORT)):
            ledger.measure()


if __name__ == "__main__":
    main()
