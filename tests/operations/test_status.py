"""The status page: for the staff, with every process's last word and nothing made up for those that are silent."""

import re
from collections.abc import Callable

import pytest
import redis
from django.test import Client
from django.urls import reverse

from accounts.models import User
from operations.core.quantities import write_bytes, write_count, write_rate
from operations.queries import status as status_queries
from operations.queries.status import EXPECTED, describe_status
from project.devstack.processes import list_processes
from project.kit import metrics
from tests.operations.reports import report, report_two_webs

Enter = Callable[[User | None], Client]


def _figures() -> dict[str, tuple[str, str]]:
    return {figure.label: (figure.value, figure.tone) for figure in describe_status().figures}


@pytest.mark.parametrize("path", ["status", "status_figures"])
def test_only_the_staff_sees_the_status(
    path: str, ada: User, ben: User, cleo: User, mod: User, finance: User, admin_person: User, enter: Enter
) -> None:
    report_two_webs()
    refused = 302 if path == "status" else 401

    for user in (None, ada, ben, cleo):
        answer = enter(user).get(reverse(f"admin:{path}"))
        assert answer.status_code == refused, user
        assert b"1,234" not in answer.content
        assert "/admin/login/" in (answer.headers.get("Location") or answer.headers["HX-Redirect"])
    for user in (mod, finance, admin_person):
        answer = enter(user).get(reverse(f"admin:{path}"))
        assert answer.status_code == 200, user
        assert b"1,234" in answer.content


def test_a_status_is_only_read(mod: User) -> None:
    browser = Client()
    browser.force_login(mod)

    for path in ("status", "status_figures"):
        assert browser.post(reverse(f"admin:{path}")).status_code == 405


def test_web_processes_are_shown_each_and_together() -> None:
    report_two_webs()

    status = describe_status()

    assert _figures() == {
        "Connections": ("1,234", "calm"),
        "Topics": ("35", "calm"),
        "Frames/s": ("0", "calm"),
        "Updates/s": ("0", "calm"),
        "Lag": ("12 ms", "calm"),
        "Readers behind": ("1", "warn"),
    }
    first, second = status.web
    assert (first.process, first.cells[:2], first.cells[6:10]) == (
        "host:1",
        ["1,200", "30"],
        ["1", "41", "1,300", "3"],
    )
    assert (second.process, second.cells[:2], second.cells[6:10]) == ("host:2", ["34", "5"], ["0", "0", "40", "3"])
    assert [(row.code, row.reason, row.count) for row in status.closed] == [
        ("4401", "session ended", "1"),
        ("4408", "too slow", "5"),
    ]


def test_rates_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [
        metrics.Report(f"web@host:{number}", "web", "", 0.0, {}, {}, {"frames": frames, "bytes": 1_500.0})
        for number, frames in ((1, 30.0), (2, 12.0))
    ]
    monkeypatch.setattr(status_queries, "read_reports", lambda: reports)

    assert _figures()["Frames/s"] == ("42", "calm")
    assert [figure.hint for figure in describe_status().figures if figure.icon == "send"] == ["3.0 KB/s"]


def test_a_late_bus_or_relay_is_told_in_colour() -> None:
    report("web", 1, gauges={"lag_ms": 5})
    assert _figures()["Lag"] == ("5 ms", "calm")

    report("relay", 1, gauges={"lag_ms": 900})
    assert _figures()["Lag"] == ("5 ms", "warn")


def test_a_process_that_cannot_tell_what_is_new_is_marked() -> None:
    report("web", 1, gauges={"lag_ms": 5, "delayed": True})

    assert _figures()["Lag"] == ("5 ms", "warn")
    assert describe_status().web[0].cells[5] == "delayed"


def test_a_process_that_does_not_report_is_named() -> None:
    report("relay", 1, gauges={"lag_ms": 4}, state="relaying")
    report("worker-money", 2, counters={"tasks_failed": 3})

    others = describe_status().others

    assert [(row.title, row.is_alive) for row in others] == [
        (title, kind in ("relay", "worker-money")) for kind, title in EXPECTED.items()
    ]
    assert others[0].state == "relaying, 0 changes a second, lag 4 ms"
    assert others[3].state == "0 tasks a second, 3 failed"
    assert others[1].state == "no process reports"


def test_silent_processes_count_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    report_two_webs()
    report("feed", 3, state="playing")
    monkeypatch.setattr(metrics, "STALE_AFTER_S", -1.0)

    status = describe_status()

    assert _figures()["Connections"] == ("0", "warn")
    assert [row.is_stale for row in status.web] == [True, True]
    assert [(row.state, row.is_alive) for row in status.others if row.process == "host:3"] == [("silent", False)]


def test_every_process_of_the_site_is_expected() -> None:
    started = {process.name for process in list_processes(host="127.0.0.1", port=8000)}

    assert started - {"web", "worker"} | {"worker-default"} == set(EXPECTED)


def test_without_redis_the_page_says_so(mod: User, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise redis.ConnectionError

    client = enter(mod)
    monkeypatch.setattr(status_queries, "read_reports", refuse)

    answer = client.get(reverse("admin:status"))

    assert answer.status_code == 200
    assert "Redis does not answer" in answer.content.decode()


def test_the_page_renews_itself_and_stands_in_the_menu(mod: User, enter: Enter) -> None:
    page = enter(mod).get(reverse("admin:status")).content.decode()

    assert 'hx-get="/admin/status/figures/"' in page
    assert re.search(r'hx-trigger="every 2s', page)
    assert page.count('href="/admin/status/"') >= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (write_count(0), "0"),
        (write_count(999_999), "999,999"),
        (write_count(1_234_567), "1.2 million"),
        (write_rate(0.01), "0"),
        (write_rate(0.4), "0.4"),
        (write_rate(12.4), "12"),
        (write_bytes(0), "0 B"),
        (write_bytes(999), "999 B"),
        (write_bytes(1_000), "1.0 KB"),
        (write_bytes(84_600_000), "85 MB"),
    ],
)
def test_quantities_are_short(text: str, expected: str) -> None:
    assert text == expected
