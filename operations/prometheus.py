"""`/metrics`: what every process last told of itself, as Prometheus reads it. Never open to the public."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from project.kit.errors import AppError, NotAuthenticated, NotFound
from project.kit.metrics import Report, read_reports
from project.kit.problems import problem_response

FORWARDING_HEADERS: Final = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
SECONDS: Final = 0.001  # reports tell lags in milliseconds, Prometheus wants its base units


@dataclass(frozen=True)
class Family:
    """One metric and the figure of the reports it comes from. `kind` begins the kinds of process that tell it.

    `site_name` is set where the figures of several processes may be added up.
    """

    kind: str
    figure: str
    name: str
    text: str
    scale: float = 1.0
    labels: tuple[str, ...] = ()
    site_name: str = ""


GAUGES: Final = (
    Family("web", "connections", "touchline_connections", "Open connections", site_name="touchline_site_connections"),
    Family("web", "topics", "touchline_topics", "Topics that are heard", site_name="touchline_site_topics"),
    Family(
        "web",
        "lagging",
        "touchline_lagging_connections",
        "Readers that are owed something",
        site_name="touchline_site_lagging_connections",
    ),
    Family("web", "lag_ms", "touchline_bus_lag_seconds", "From publishing to writing, a moving average", SECONDS),
    Family("web", "delayed", "touchline_delayed", "1 while clients are told that what they see may be old"),
    Family("relay", "lag_ms", "touchline_relay_lag_seconds", "The longest wait of a stored change lately", SECONDS),
    Family("feed", "live_matches", "touchline_feed_live_matches", "Matches the feed is playing"),
    Family("", "memory_bytes", "touchline_memory_bytes", "Resident memory", site_name="touchline_site_memory_bytes"),
)
# Counters begin anew with their process, so they are never added up here: sum(rate(...)) of Prometheus does it right.
COUNTERS: Final = (
    Family("web", "frames", "touchline_frames", "Frames written"),
    Family("web", "updates", "touchline_updates", "Changes delivered"),
    Family("web", "writes", "touchline_writes", "Writes to connections"),
    Family("web", "bytes", "touchline_sent_bytes", "Bytes written"),
    Family("web", "withheld", "touchline_updates_withheld", "Updates withheld from readers that were behind"),
    Family("web", "opened", "touchline_connections_opened", "Connections opened"),
    Family("web", "closed", "touchline_connections_closed", "Connections closed", labels=("code", "reason")),
    Family("web", "bus_messages", "touchline_bus_messages", "Messages heard from Redis"),
    Family("relay", "relayed", "touchline_relayed_changes", "Stored changes passed on"),
    Family("reactions", "handled", "touchline_reaction_events", "Events reactions have passed"),
    Family("worker", "tasks_done", "touchline_tasks_done", "Tasks that went through"),
    Family("worker", "tasks_failed", "touchline_tasks_failed", "Tasks that failed"),
    Family("", "cpu_s", "touchline_cpu_seconds", "Processor time used"),
)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All processes, whichever of them is asked."""
    try:
        check_may_scrape(request)
    except AppError as refusal:
        response = problem_response(request, refusal)
        if isinstance(refusal, NotAuthenticated):
            response["WWW-Authenticate"] = "Bearer"
        return response
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reports(read_reports()))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    response = HttpResponse(encode(registry), content_type=content_type)
    response["Cache-Control"] = "no-store"
    return response


def check_may_scrape(request: HttpRequest) -> None:
    """The token is enough from anywhere; without one the request must come from this machine, past no proxy.

    Behind a proxy the address is what somebody wrote into a header, so there it proves nothing. Where no token is set
    up, nobody is told that there is anything here.
    """
    if settings.METRICS_TOKEN:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN):
            return
    if not _is_local(request):
        raise NotAuthenticated if settings.METRICS_TOKEN else NotFound


def _is_local(request: HttpRequest) -> bool:
    if settings.IS_BEHIND_PROXY or any(header in request.headers for header in FORWARDING_HEADERS):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


class _Reports(Collector):
    """The reports of one scrape as metrics. Processes that fell silent are left out."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = [report for report in reports if not report.is_stale]

    def collect(self) -> Iterator[Metric]:
        for family in GAUGES:
            metric = GaugeMetricFamily(family.name, family.text, labels=("process", "kind"))
            self._fill(metric, family, "gauges")
            yield metric
            if family.site_name:
                total = sum(sample.value for sample in metric.samples)
                yield GaugeMetricFamily(family.site_name, f"{family.text}, all processes together", value=total)
        for family in COUNTERS:
            counted = CounterMetricFamily(family.name, family.text, labels=("process", "kind", *family.labels))
            self._fill(counted, family, "counters")
            yield counted
        ages = GaugeMetricFamily(
            "touchline_report_age_seconds", "Since a process told of itself", labels=("process", "kind")
        )
        for report in self._reports:
            ages.add_metric((report.process, report.kind), report.age_s)
        yield ages

    def _fill(self, metric: Any, family: Family, figures: str) -> None:
        for report in self._reports:
            if not report.kind.startswith(family.kind):
                continue
            for name, value in getattr(report, figures).items():
                figure, *labels = name.split(".")
                if figure == family.figure and len(labels) == len(family.labels):
                    metric.add_metric((report.process, report.kind, *labels), value * family.scale)
