"""`make bench-stream`: every server under every load in one run. With `--quick` less of less is measured."""

import argparse
import os
import sys
import time

import django
from django.db import connections

from bench.live_stack import find_free_port, migrated_servers
from bench.stream.machine import find_cores
from bench.stream.measuring import Effort
from bench.stream.profile import print_profile
from bench.stream.promises import Run
from bench.stream.report import print_run
from bench.stream.scenarios import run_rows, run_saturated, run_stalled

CLIENTS = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stream", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short windows and fewer rows, in two to three minutes")
    parser.add_argument("--profile", action="store_true", help="only print where our hub's time goes")
    options = parser.parse_args()
    cores = find_cores()
    os.sched_setaffinity(0, {cores.load})  # and with this process all it starts, but for the servers
    is_quick = options.quick
    effort = Effort(
        cores,
        CLIENTS,
        warm_up_s=0.4 if is_quick else 0.6,
        window_s=1.0 if is_quick else 2.0,
        rounds=2 if is_quick else 3,
    )
    began = time.monotonic()
    with migrated_servers(find_free_port()) as folder:
        django.setup()
        if options.profile:
            print_profile(folder, effort)
            return
        rows = []
        for row in run_rows(folder, effort, is_quick=is_quick):
            rows.append(row)
            speed = f"{row.result.updates_a_cpu_s:,.0f} updates / CPU-s"
            note(f"{row.scenario.name}, {row.result.trial.variant.name}: {speed}")
        note(f"{time.monotonic() - began:.0f} s, the stalled next")
        stalled = list(run_stalled(folder, effort, is_quick=is_quick))
        note(f"{time.monotonic() - began:.0f} s, two cores next")
        saturated = run_saturated(folder, effort, is_quick=is_quick)
        connections.close_all()
    print_run(Run(rows, stalled, saturated))
    note(f"{time.monotonic() - began:.0f} s")


def note(text: str) -> None:
    """Progress, apart from the tables."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
