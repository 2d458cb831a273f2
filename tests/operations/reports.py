"""Processes that report: two web processes and some of the others, with figures a test can add up."""

from project.kit.metrics import Reporter

CLOSED_FIRST = {"closed.4408.too_slow": 2, "closed.4401.session_ended": 1}
CLOSED_SECOND = {"closed.4408.too_slow": 3}


def report(kind: str, number: int, **told: object) -> None:
    """One report of a process that does not exist."""
    reporter = Reporter(kind)
    reporter.process = f"{kind}@host:{number}"
    reporter.publish(**told)  # type: ignore[arg-type]  # passed through


def report_two_webs() -> None:
    report(
        "web",
        1,
        gauges={"connections": 1_200, "topics": 30, "lagging": 1, "lag_ms": 12.4},
        counters={"frames": 70_000, "updates": 900_000, "withheld": 41, "opened": 1_300, **CLOSED_FIRST},
    )
    report(
        "web",
        2,
        gauges={"connections": 34, "topics": 5, "lagging": 0, "lag_ms": 3.0},
        counters={"frames": 7, "updates": 90, "withheld": 0, "opened": 40, **CLOSED_SECOND},
    )
