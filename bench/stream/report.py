"""The tables of a run, in Markdown."""

import math
from collections.abc import Sequence
from typing import Final

from bench.stream.promises import REFERENCE_FLOOR, Run, list_targets
from bench.stream.saturated import Saturated
from bench.stream.scenarios import Row

COLUMNS: Final = (
    "load",
    "server",
    "updates/s",
    "updates / CPU-s",
    "of the floor",
    "server core",
    "client core",
    "delivered",
    "p50 ms",
    "p99 ms",
    "set-up us",
    "KB a socket",
    "KB after load",
)
PROMISED: Final = ("promise", "wanted", "the floor's", "measured", "on the reference core", "verdict")


def print_run(run: Run) -> None:
    """All tables."""
    _print_markdown(COLUMNS, [_cells_of(row, run.floor) for row in run.rows])
    stalled = [
        [cost.variant, f"{cost.stall_s:.0f}", f"{cost.reader_bytes / 1024:.1f}", str(cost.closed)]
        for cost in run.stalled
    ]
    _print_markdown(("server, 20 markets at 50 ms", "stalled s", "KB a stalled reader", "of 100 closed"), stalled)
    header = (
        "two cores, saturated",
        "sockets each",
        "updates / wall-s",
        "updates / CPU-s",
        "busiest CPU",
        "client CPU",
    )
    _print_markdown(header, [_saturated_cells(each) for each in run.saturated])
    _print_markdown(PROMISED, [target.cells() for target in list_targets(run)])
    if not math.isnan(run.machine):
        print(
            f"\nThe C loop of the reference core sent {REFERENCE_FLOOR:,} updates / CPU-s, this run's "
            f"{run.machine:.2f} of that. Where a figure stands for that core, the verdict is about it."
        )


def _cells_of(row: Row, floor: float) -> list[str]:
    result = row.result
    return [
        row.scenario.name,
        result.trial.variant.name,
        f"{result.rate:,.0f}",
        f"{result.updates_a_cpu_s:,.0f}",
        f"{result.updates_a_cpu_s / floor:.2f}",
        f"{result.server_share:.0%}",
        f"{result.client_share:.0%}",
        f"{result.delivered_share:.1%}" + (f", {closed} closed" if (closed := result.windows[-1].closed) else ""),
        f"{result.latency_ms(0.5):.2f}",
        f"{result.latency_ms(0.99):.2f}",
        f"{result.opened.setup_us:,.0f}",
        f"{result.opened.connection_bytes / 1024:.1f}",
        f"{result.windows[-1].connection_bytes / 1024:.1f}",
    ]


def _saturated_cells(each: Saturated) -> list[str]:
    count = each.variant.processes
    return [
        f"{each.variant.name}, {count} process" + ("es" if count > 1 else ""),
        " + ".join(map(str, each.shares)),
        f"{each.per_wall_s:,.0f}",
        f"{each.updates / each.server_cpu_s:,.0f}",
        f"{each.busiest_cpu_s / each.wall_s:.0%}",
        f"{each.own_cpu_s / each.wall_s:.0%}",
    ]


def _print_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table that can be read as it is: two text columns at most, then figures to the right."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    is_text = [not any(row[column][:1].isdigit() for row in rows) for column in range(len(header))]
    is_text[0] = True

    def line(cells: Sequence[str]) -> str:
        aligned = zip(cells, widths, is_text, strict=True)
        return (
            "| " + " | ".join(cell.ljust(width) if text else cell.rjust(width) for cell, width, text in aligned) + " |"
        )

    rule = ["-" * width if text else "-" * (width - 1) + ":" for width, text in zip(widths, is_text, strict=True)]
    print("\n" + "\n".join([line(header), line(rule), *(line(row) for row in rows)]), flush=True)
