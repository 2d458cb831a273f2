"""Where our hub's own time goes under scenarios 1 to 3. A profiled server is slower: read shares, not seconds."""

import os
import pstats
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench.stream.measuring import Effort, Session, Trial
from bench.stream.scenarios import HUB_LOADS
from bench.stream.variants import hub_on_daphne

LINES: Final = 30
WRITTEN_AFTER_S: Final = 1.0  # the signal is taken between two turns of the loop


def print_profile(folder: Path, effort: Effort) -> None:
    """One profile for each load: the functions of the event loop's thread by their own time."""
    for number, scenario in enumerate(HUB_LOADS):
        path = folder / f"profile-{number}"
        trial = Trial(hub_on_daphne(BENCH_PROFILE=str(path)), scenario.load, scenario.rate)
        with ExitStack() as stack:
            session = Session(trial, effort, stack)
            session.take_window()  # finds the rate
            os.kill(session.server.process_id, signal.SIGUSR1)
            session.take_window()
            os.kill(session.server.process_id, signal.SIGUSR1)
            time.sleep(WRITTEN_AFTER_S)
            rate = session.finish().rate
        print(f"\n## {scenario.name}, {rate:.0f} updates/s\n", flush=True)
        pstats.Stats(str(path)).sort_stats("tottime").print_stats(LINES)
