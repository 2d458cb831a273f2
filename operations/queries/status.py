"""What the status page tells: every process by its last report, the web processes also taken together."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import redis

from operations.core.quantities import write_bytes, write_count, write_rate
from operations.queries.figures import Figure, Tone
from project.kit import clock
from project.kit.metrics import Report, read_reports, total

LAG_MS_MAX: Final = 500.0  # what a price may wait inside the site before somebody should look

# Every kind of process there must be, as `project.devstack.processes` starts them, with what one of them does.
EXPECTED: Final = {
    "relay": "Relay: stored changes to the sockets",
    "reactions": "Reactions to events",
    "feed": "Feed of live matches",
    "worker-money": "Worker for settlements",
    "worker-prices": "Worker for prices",
    "worker-default": "Worker for everything else",
    "beat": "Schedule",
}


@dataclass(frozen=True)
class WebRow:
    """One web process, its numbers written out."""

    process: str
    is_stale: bool
    cells: list[str]


@dataclass(frozen=True)
class ClosedRow:
    """How many connections ended with one code since the processes started."""

    code: str
    reason: str
    count: str


@dataclass(frozen=True)
class ProcessRow:
    """Another process, or the place of one that does not report."""

    title: str
    process: str
    state: str
    age: str
    is_alive: bool


@dataclass(frozen=True)
class Status:
    """The whole page. `is_known` is false while Redis, where the reports are, does not answer."""

    at: datetime
    is_known: bool = True
    figures: Sequence[Figure] = ()
    web: Sequence[WebRow] = ()
    closed: Sequence[ClosedRow] = ()
    others: Sequence[ProcessRow] = ()


WEB_COLUMNS: Final = (
    "Connections",
    "Topics",
    "Frames/s",
    "Updates/s",
    "Sent/s",
    "Lag",
    "Behind",
    "Withheld",
    "Opened",
    "Closed",
    "CPU",
    "Memory",
    "Told",
)


def describe_status() -> Status:
    """The page as of now."""
    try:
        reports = read_reports()
    except redis.RedisError:
        return Status(clock.now(), is_known=False)
    web = [report for report in reports if report.kind == "web"]
    return Status(
        clock.now(),
        figures=list(_list_figures([report for report in web if not report.is_stale], reports)),
        web=[_describe_web(report) for report in web],
        closed=_list_closed(web),
        others=list(_list_others([report for report in reports if report.kind != "web"])),
    )


def _list_figures(web: Sequence[Report], reports: Sequence[Report]) -> Iterator[Figure]:
    none = "no web process reports"
    alive = f"{len(web)} web process{'es' if len(web) != 1 else ''}" if web else none
    lagging = total(web, "lagging")
    lag_ms = max((report.gauges.get("lag_ms", 0.0) for report in web), default=0.0)
    relay_ms = max((each.gauges.get("lag_ms", 0.0) for each in reports if each.kind == "relay"), default=0.0)
    is_delayed = any(report.gauges.get("delayed") for report in web)
    late: Tone = "warn" if is_delayed or max(lag_ms, relay_ms) > LAG_MS_MAX else "calm"
    lag_hint = "clients are told to wait" if is_delayed else f"relay {relay_ms:.0f} ms"
    yield Figure("Connections", write_count(total(web, "connections")), alive, "cable", tone="calm" if web else "warn")
    yield Figure("Topics", write_count(total(web, "topics")), "heard now", "rss_feed")
    yield Figure("Frames/s", write_rate(_rate(web, "frames")), f"{write_bytes(_rate(web, 'bytes'))}/s", "send")
    yield Figure("Updates/s", write_rate(_rate(web, "updates")), "changes delivered", "bolt")
    yield Figure("Lag", f"{lag_ms:.0f} ms", lag_hint, "timer", tone=late)
    yield Figure(
        "Readers behind",
        write_count(lagging),
        f"{write_rate(_rate(web, 'withheld'))} updates/s withheld",
        "hourglass",
        tone="warn" if lagging else "calm",
    )


def _rate(reports: Sequence[Report], figure: str) -> float:
    return sum(report.rates.get(figure, 0.0) for report in reports)


def _describe_web(report: Report) -> WebRow:
    gauges, counters, rates = report.gauges, report.counters, report.rates
    closed = sum(value for name, value in counters.items() if name.startswith("closed."))
    return WebRow(
        process=_short_name(report),
        is_stale=report.is_stale,
        cells=[
            write_count(gauges.get("connections", 0)),
            write_count(gauges.get("topics", 0)),
            write_rate(rates.get("frames", 0)),
            write_rate(rates.get("updates", 0)),
            write_bytes(rates.get("bytes", 0)),
            "delayed" if gauges.get("delayed") else f"{gauges.get('lag_ms', 0):.0f} ms",
            write_count(gauges.get("lagging", 0)),
            write_count(counters.get("withheld", 0)),
            write_count(counters.get("opened", 0)),
            write_count(closed),
            f"{rates.get('cpu_s', 0) * 100:.0f} %",
            write_bytes(gauges.get("memory_bytes", 0)),
            _write_age(report),
        ],
    )


def _list_closed(web: Sequence[Report]) -> list[ClosedRow]:
    counts: defaultdict[tuple[str, str], float] = defaultdict(float)
    for report in web:
        for name, value in report.counters.items():
            figure, _, label = name.partition(".")
            if figure == "closed":
                code, _, reason = label.partition(".")
                counts[code, reason.replace("_", " ")] += value
    return [ClosedRow(code, reason, write_count(count)) for (code, reason), count in sorted(counts.items())]


def _list_others(reports: Sequence[Report]) -> Iterator[ProcessRow]:
    kinds = dict.fromkeys([*EXPECTED, *(report.kind for report in reports)])
    for kind in kinds:
        title = EXPECTED.get(kind, kind)
        found = [report for report in reports if report.kind == kind]
        for report in found:
            state = "silent" if report.is_stale else _describe_state(report)
            yield ProcessRow(title, _short_name(report), state, _write_age(report), not report.is_stale)
        if not found:
            yield ProcessRow(title, "", "no process reports", "", is_alive=False)


def _describe_state(report: Report) -> str:
    gauges, counters, rates = report.gauges, report.counters, report.rates
    facts = {
        "relay": f"{write_rate(rates.get('relayed', 0))} changes a second, lag {gauges.get('lag_ms', 0):.0f} ms",
        "reactions": f"{write_rate(rates.get('handled', 0))} events a second",
        "feed": f"{write_count(gauges.get('live_matches', 0))} matches",
        "worker": f"{write_rate(rates.get('tasks_done', 0))} tasks a second,"
        f" {write_count(counters.get('tasks_failed', 0))} failed",
    }
    known = [report.state, facts.get(report.kind.partition("-")[0], "")]
    return ", ".join(text for text in known if text)


def _short_name(report: Report) -> str:
    """Host and process id; the kind stands beside it."""
    return report.process.partition("@")[2]


def _write_age(report: Report) -> str:
    return f"{report.age_s:.0f} s ago"
