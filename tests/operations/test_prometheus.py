"""`/metrics`: what Prometheus reads, and who may."""

import re

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from project.devstack.shared_cluster import REPOSITORY
from project.kit import metrics
from tests.operations.reports import report, report_two_webs

pytestmark = pytest.mark.django_db
TOKEN = "t" * 40


def _scrape(**headers: str) -> dict[tuple[str, str, str], float]:
    """Sample name, process and the last label to value."""
    answer = Client().get("/metrics", headers=headers or None)
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found[sample.name, sample.labels.get("process", ""), sample.labels.get("code", "")] = sample.value
    return found


def test_every_process_is_told_and_gauges_are_summed() -> None:
    report_two_webs()
    report("relay", 5, gauges={"lag_ms": 250}, counters={"relayed": 9}, state="relaying")
    report("worker-money", 6, counters={"tasks_done": 4, "tasks_failed": 1})

    found = _scrape()

    assert found["touchline_connections", "web@host:1", ""] == 1_200
    assert found["touchline_connections", "web@host:2", ""] == 34
    assert found["touchline_site_connections", "", ""] == 1_234
    assert found["touchline_updates_total", "web@host:1", ""] == 900_000
    assert found["touchline_updates_withheld_total", "web@host:1", ""] == 41
    assert found["touchline_connections_closed_total", "web@host:1", "4408"] == 2
    assert found["touchline_connections_closed_total", "web@host:2", "4408"] == 3
    assert found["touchline_bus_lag_seconds", "web@host:1", ""] == pytest.approx(0.0124)
    assert found["touchline_relay_lag_seconds", "relay@host:5", ""] == 0.25
    assert found["touchline_relayed_changes_total", "relay@host:5", ""] == 9
    assert found["touchline_tasks_done_total", "worker-money@host:6", ""] == 4
    assert found["touchline_memory_bytes", "relay@host:5", ""] > 1_000_000
    assert 0 <= found["touchline_report_age_seconds", "relay@host:5", ""] < 5


def test_counters_are_counters_and_gauges_are_gauges() -> None:
    report_two_webs()

    families = {
        family.name: family.type for family in text_string_to_metric_families(Client().get("/metrics").content.decode())
    }

    assert families["touchline_frames"] == families["touchline_connections_closed"] == "counter"
    assert families["touchline_connections"] == families["touchline_site_memory_bytes"] == "gauge"


def test_a_process_that_fell_silent_drops_out(monkeypatch: pytest.MonkeyPatch) -> None:
    report_two_webs()
    monkeypatch.setattr(metrics, "STALE_AFTER_S", -1.0)

    found = _scrape()

    assert found == dict.fromkeys(found, 0.0)
    assert {process for _, process, _ in found} == {""}


def test_the_text_is_that_of_prometheus_and_is_not_kept() -> None:
    answer = Client().get("/metrics")
    head = Client().head("/metrics")

    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (head.status_code, head.content) == (200, b"")
    assert Client().post("/metrics").status_code == 405


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_scrape(address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.7", "192.0.2.1", "::ffff:10.0.0.7", "2001:db8::1", "", "localhost"])
def test_without_a_token_other_machines_find_nothing(address: str) -> None:
    answer = Client(REMOTE_ADDR=address).get("/metrics")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_what_came_through_a_proxy_is_not_local(header: str) -> None:
    assert Client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_behind_a_proxy_an_address_proves_nothing(settings: object) -> None:
    settings.IS_BEHIND_PROXY = True  # type: ignore[attr-defined]  # pytest-django's

    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics").status_code == 404


def test_a_token_is_asked_for_and_compared(settings: object) -> None:
    settings.IS_BEHIND_PROXY = True  # type: ignore[attr-defined]  # pytest-django's
    settings.METRICS_TOKEN = TOKEN  # type: ignore[attr-defined]  # pytest-django's
    report_two_webs()

    for header in (None, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9"):
        answer = Client().get("/metrics", headers={"Authorization": header} if header else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated"), header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert b"touchline_connections" not in answer.content
    assert _scrape(Authorization=f"Bearer {TOKEN}")["touchline_site_connections", "", ""] == 1_234


def test_the_proxy_passes_on_only_who_brings_a_token() -> None:
    site = (REPOSITORY / "Caddyfile").read_text()

    matcher = re.search(r"@metrics {(.*?)}", site, re.DOTALL)
    assert matcher is not None
    assert matcher[1].split() == ["path", "/metrics", "/metrics/*", "not", "header", "Authorization", "Bearer*"]
    assert "respond @metrics 404" in site


def test_an_empty_token_opens_nothing() -> None:
    """Without a token set up, a bearer of nothing is nobody."""
    answer = Client(REMOTE_ADDR="10.0.0.7").get("/metrics", headers={"Authorization": "Bearer "})

    assert answer.status_code == 404


def test_a_log_in_is_no_key(ada: User, ben: User, cleo: User, mod: User) -> None:
    for person in (ada, ben, cleo, mod):
        browser = Client(REMOTE_ADDR="10.0.0.7")
        browser.force_login(person)
        assert browser.get("/metrics").status_code == 404
