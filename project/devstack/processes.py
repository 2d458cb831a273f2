"""The one list of Touchline's processes. `make run` starts it, and a test holds docker-compose.yml to it."""

from dataclasses import dataclass

WORKER = (
    "python",
    "-m",
    "celery",
    "--quiet",
    "--app",
    "project.celery",
    "worker",
    "--loglevel",
    "WARNING",
    "--without-gossip",
    "--without-mingle",
)


@dataclass(frozen=True)
class Process:
    """A program that runs as long as the site does."""

    name: str
    command: tuple[str, ...]


def list_processes(*, host: str, port: int) -> tuple[Process, ...]:
    return (
        Process("web", ("python", "-m", "project.server", "--host", host, "--port", str(port))),
        Process("worker-money", (*WORKER, "--queues", "money", "--concurrency", "2", "--hostname", "money@%h")),
        Process("worker-prices", (*WORKER, "--queues", "prices", "--concurrency", "1", "--hostname", "prices@%h")),
        Process("worker", (*WORKER, "--queues", "default", "--concurrency", "1", "--hostname", "default@%h")),
        Process("beat", ("python", "manage.py", "run_beat")),
        Process("relay", ("python", "manage.py", "run_relay")),
        Process("reactions", ("python", "manage.py", "run_reactions")),
        Process("feed", ("python", "manage.py", "run_feed")),
    )
