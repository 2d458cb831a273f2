"""A whole site of its own - PostgreSQL, Redis, relay, web - each part of which a test may kill, starve or cut off."""

import http.client
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import redis
from django.db import connection, connections
from touchline_client.testing import Client

from accounts.models import User
from project.devstack.memory import temporary_folder
from project.devstack.postgres import DATABASE, PostgresServer, find_programs
from project.devstack.redis import RedisServer
from project.devstack.shared_cluster import server_in
from project.kit.redis import OneWay
from tests import servers
from tests.realtime.processes import START_TIMEOUT_S, ChildProcess, Relay, WebServer, session_cookie

HTTP_TIMEOUT_S = 20.0


class Stack:
    """`web` is one process, `pair` two on one listening socket; all of them share the rest."""

    def __init__(self, folder: Path) -> None:
        self.postgres = PostgresServer(folder)
        self.redis = RedisServer(folder, name="redis", log_name="redis")
        # Until the addresses are known to its process nothing may be started.
        self.postgres.start()
        self.redis.start()
        fill_from_template(self.postgres)
        self.addresses = {"DATABASE_URL": self.postgres.url(), "REDIS_URL": self.redis.url()}
        self.relay = Relay(folder / "relay.log", **self.addresses)
        self.standby = Relay(folder / "standby.log", **self.addresses)
        self.web = WebServer(folder / "web.log", **self.addresses)
        self.pair = WebServer(folder / "pair.log", **self.addresses, WEB_PROCESSES="2")

    def ensure(self, *processes: ChildProcess) -> None:
        """Start what the last test has killed, or nobody has needed yet."""
        for server in (self.postgres, self.redis):
            if server.process is None or server.process.poll() is not None:
                server.start()
        for process in processes:
            if process.process is None or process.process.poll() is not None:
                process.start()
                if process is self.pair:
                    self.await_answer()

    def forget(self) -> None:
        """Let nothing stand in Redis that the last test has left, such as the sockets of a process it killed."""
        with redis.Redis.from_url(self.redis.url()) as client:
            client.flushall()

    def stop(self) -> None:
        for process in (self.relay, self.standby, self.web, self.pair):
            if process.process is not None and process.process.poll() is None:
                process.stop()
        self.redis.stop()
        self.postgres.stop()

    def read_logs(self) -> str:
        """What the processes of ours have said."""
        processes = (self.relay, self.standby, self.web, self.pair)
        return "".join(process.read_log() for process in processes if process.log.exists())

    def client(self, user: User | None, *, at: WebServer | None = None, port: int = 0, **options: Any) -> Client:
        """A person's browser at a server, or at a proxy before it; a visitor's for None."""
        server = at or self.web
        url = server.url.replace(f":{server.port}/", f":{port}/") if port else server.url
        cookie = session_cookie(user) if user else None
        return Client(url, cookie=cookie, origin=server.origin, **options)

    def ask(self, path: str, *, token: str, at: WebServer | None = None, key: str = "", **body: Any) -> Any:
        """What the API answers a person: to a command where there is a key, else to a question."""
        server = at or self.web
        headers = {"X-Session-Token": token, "Content-Type": "application/json", "Idempotency-Key": key}
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=HTTP_TIMEOUT_S)
        try:
            link.request("POST" if key else "GET", path, json.dumps(body) if key else None, headers)
            answer = link.getresponse()
            reply = json.loads(answer.read())
        finally:
            link.close()
        assert answer.status == (201 if key else 200), reply
        return reply

    def await_answer(self) -> None:
        """The two of a pair listen before they have started: wait for the first answer as long as others may start."""
        link = http.client.HTTPConnection("127.0.0.1", self.pair.port, timeout=START_TIMEOUT_S)
        link.request("GET", "/api/health")
        assert link.getresponse().status == 200
        link.close()

    def kill_redis(self) -> None:
        """As a machine that loses power would: without a goodbye to anybody.

        It is started again by the main thread only: the kernel ends servers of ours with the thread that started them.
        """
        assert self.redis.process is not None
        kill(self.redis.process)

    def kill_postgres(self) -> None:
        """kill -9 of the postmaster; its backends notice and end."""
        assert self.postgres.process is not None
        kill(self.postgres.process)
        connections.close_all()  # this thread's own would only be found broken when it is used

    def cut_backends(self) -> int:
        """End every database connection but those of this process; returns how many there were."""
        with self.postgres.connect(DATABASE) as other, other.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid() AND application_name <> %s",
                [DATABASE, APPLICATION_NAME],
            )
            row = cursor.fetchone()
        other.close()
        assert row is not None
        return int(row[0])


APPLICATION_NAME = "tests"


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def fill_from_template(cluster: PostgresServer) -> None:
    """Copy the migrated template of the shared cluster."""
    template = servers.make_template()
    shared = server_in()
    programs = find_programs(cluster.place, cluster.account)
    dump = subprocess.run(
        [str(programs / "pg_dump"), "--no-owner", f"--dbname={shared.url(template)}"], check=True, capture_output=True
    )
    subprocess.run(
        [str(programs / "psql"), "-q", "-v", "ON_ERROR_STOP=1", f"--dbname={cluster.url()}"],
        check=True,
        input=dump.stdout,
        capture_output=True,
    )


@contextmanager
def using(stack: Stack) -> Iterator[None]:
    """Let the ORM and the bus of this process work on the stack."""
    client = redis.Redis.from_url(stack.redis.url(), socket_timeout=1)
    wakes = OneWay(stack.redis.url())
    address = {"NAME": DATABASE, "HOST": str(stack.postgres.socket_folder)}
    options = connection.settings_dict["OPTIONS"] | {"application_name": APPLICATION_NAME}
    connections.close_all()
    with (
        patch.dict(connection.settings_dict, address | {"OPTIONS": options}),
        patch("project.kit.bus.redis_client", lambda: client),
        patch("project.kit.bus.one_way", lambda: wakes),
    ):
        yield
        connections.close_all()
    client.close()


@contextmanager
def running_stack() -> Iterator[Stack]:
    with temporary_folder() as folder:
        stack = Stack(folder)
        yield stack
        stack.stop()
