"""There is one list of processes: what `make run` starts is what docker-compose.yml runs."""

import re
import shlex
from itertools import pairwise
from typing import Any

import pytest
import yaml
from django.conf import settings

from project.celery import app
from project.devstack.postgres import LOCALE, SETTINGS, find_buffers
from project.devstack.processes import list_processes
from project.devstack.shared_cluster import REPOSITORY

SERVERS_AND_SETUP = {"postgres", "redis", "proxy", "migrate"}


def read_services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    return services


def test_docker_compose_runs_the_processes_of_make_run() -> None:
    services = read_services()
    in_compose = {
        name: tuple(shlex.split(service["command"]))
        for name, service in services.items()
        if name not in SERVERS_AND_SETUP
    }

    expected = list_processes(host="0.0.0.0", port=8000)  # noqa: S104  inside a container
    assert in_compose == {process.name: process.command for process in expected}
    assert set(services) == set(in_compose) | SERVERS_AND_SETUP


def test_docker_compose_has_the_postgresql_of_make_run() -> None:
    postgres = read_services()["postgres"]

    words = shlex.split(postgres["command"])
    said = dict(setting.split("=") for flag, setting in pairwise(words) if flag == "-c")
    shared = ("min_wal_size", "max_wal_size", "max_connections")
    buffers = {"shared_buffers": "${POSTGRES_BUFFERS:-512MB}"}  # a host's memory is its operator's to know
    assert said == {name: SETTINGS[name] for name in shared} | buffers
    assert tuple(shlex.split(postgres["environment"]["POSTGRES_INITDB_ARGS"])) == LOCALE


@pytest.mark.parametrize(("memory_gb", "expected"), [(0.5, "128MB"), (4, "1024MB"), (8, "2048MB"), (64, "2048MB")])
def test_postgresql_has_a_quarter_of_the_memory_up_to_what_many_slips_fill(
    memory_gb: float, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": int(memory_gb * 2**18)}
    monkeypatch.setattr("os.sysconf", pages.__getitem__)

    assert find_buffers() == expected


def test_every_queue_has_a_worker() -> None:
    queues = {
        process.command[process.command.index("--queues") + 1]
        for process in list_processes(host="127.0.0.1", port=8000)
        if "--queues" in process.command
    }

    assert queues == {"money", "prices", "default"}


def test_everything_that_happens_by_the_clock_is_scheduled() -> None:
    """Tasks named for their regularity: one that nobody schedules would never run."""
    app.loader.import_default_modules()
    periodic = re.compile(r"^[a-z]+\.(sweep|fold|trim|train|refresh|expire|close)_")
    tasks = {name for name in app.tasks if periodic.match(name)}
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks - scheduled == set()
    assert scheduled - set(app.tasks) == set()
    assert {entry["options"]["queue"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= {
        "money",
        "prices",
        "default",
    }


def test_every_task_is_asked_to_end_before_it_is_killed() -> None:
    """Celery refuses to send a task whose soft limit, its own or the common one, comes after the hard one."""
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    limits = {
        name: (task.soft_time_limit or app.conf.task_soft_time_limit, task.time_limit or app.conf.task_time_limit)
        for name, task in ours.items()
    }

    assert {name: limit for name, limit in limits.items() if limit[0] >= limit[1]} == {}
    assert len(limits) > 20
