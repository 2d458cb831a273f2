"""What a hub tells of itself: every figure, by a name that `/metrics` knows."""

import pytest

from operations.prometheus import COUNTERS, GAUGES
from project.kit.metrics import Report, read_reports
from realtime.core import closing as closings
from realtime.hub import checks
from realtime.hub.hub import Hub
from tests.realtime.channels import MemoryWriter


async def report_of(hub: Hub) -> Report:
    """This process' report: servers of other tests tell theirs to the same Redis for as long as they run."""
    await checks.publish_report(hub)
    (report,) = (report for report in read_reports() if report.process == checks._get_reporter().process)
    return report


@pytest.fixture(autouse=True)
def fresh_reporter() -> None:
    checks._get_reporter.cache_clear()


async def test_a_hub_tells_its_figures() -> None:
    hub = Hub()
    connections = [hub.open_connection(MemoryWriter(), address="") for _ in range(3)]
    for connection in connections:
        hub.add(connection)
    connections[0].close(closings.TOO_SLOW)
    hub.remove(connections[0])
    hub.figures.note_lag(100)
    hub.figures.count_written(sockets=2, frames=3, size=50, updates=7)
    hub.figures.conflated += 5
    hub.figures.bus_messages += 4

    report = await report_of(hub)

    assert (report.kind, report.process.startswith("web@")) == ("web", True)
    assert {name: report.gauges[name] for name in ("connections", "topics", "lagging")} == {
        "connections": 2,
        "topics": 0,
        "lagging": 0,
    }
    assert report.gauges["lag_ms"] == pytest.approx(5)
    assert {name: value for name, value in report.counters.items() if name not in ("cpu_s", "bytes")} == {
        "frames": 7,  # six, and the goodbye
        "updates": 14,
        "writes": 3,
        "withheld": 5,
        "opened": 3,
        "bus_messages": 4,
        "closed.4408.too_slow": 1,
    }
    assert report.counters["bytes"] > 100


async def test_counters_only_grow() -> None:
    hub = Hub()
    before = (await report_of(hub)).counters
    hub.figures.count_written(sockets=1, frames=1, size=1, updates=1)
    after = (await report_of(hub)).counters

    assert all(after[name] >= value for name, value in before.items())
    assert after["frames"] == before["frames"] + 1


async def test_metrics_know_every_figure_of_a_hub() -> None:
    hub = Hub()
    hub.figures.closed[closings.CROWDED.code] = 1
    report = await report_of(hub)

    known = {family.figure for family in (*GAUGES, *COUNTERS)}
    assert {name.partition(".")[0] for name in (*report.gauges, *report.counters)} <= known
