"""The servers that are measured: how each is started, what it is sent and how one speaks to it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Literal

from bench.live_stack import HOST, find_free_port
from bench.stream.publishers import BusPublisher, DatagramPublisher, FloorPublisher, GroupPublisher, Publisher
from bench.stream.updates import Load, plain_image
from project.devstack.stack import REPOSITORY
from project.devstack.tether import tether

FOLDER: Final = Path(__file__).resolve().parent
SITE: Final = "bench.stream.site:application"
PORT: Final = "<port>"
FEED_PORT: Final = "<feed port>"
NEVER_S: Final = "3600"  # clients that are not being measured read nothing, so they would not answer a ping
FAST_RATE: Final = 80.0
START_WITHIN_S: Final = 40.0
STOP_WITHIN_S: Final = 15.0
LAYERS: Final = {
    "redis": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}


@dataclass(frozen=True)
class Variant:
    """One kind of server. `rate` is how many updates a second it is sent where the scenario does not say.

    A denser stream costs less an update, so the fast ones all get the same; of the slow ones it is a first guess.
    """

    name: str
    kind: Literal["hub", "group", "plain", "floor"]
    command: tuple[str, ...]
    rate: float
    is_slow: bool = False
    path: str = "/"
    layer: str = ""
    tick_ms: int = 0
    processes: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)

    def publisher(self, load: Load, answer: bytes, feed_port: int) -> Publisher:
        """What sends this variant its updates."""
        if self.kind == "hub":
            return BusPublisher(load, answer)
        if self.kind == "group":
            return GroupPublisher(self.layer, self.environment["BENCH_PREFIX"])
        if self.kind == "floor":
            return FloorPublisher(feed_port, load, self.processes)
        return DatagramPublisher(feed_port, load, has_tick=self.tick_ms > 0)


@dataclass(frozen=True)
class Server:
    """A started one."""

    name: str
    process_id: int
    port: int
    feed_port: int
    log: IO[str]

    def read_log(self) -> str:
        """The end of what it has said."""
        self.log.seek(0)
        return self.log.read()[-3000:]


def hub_on_daphne(rate: float = FAST_RATE, *, processes: int = 1, **environment: str) -> Variant:
    """Ours, as it is run."""
    command = (sys.executable, "-m", "project.server", "--application", SITE, "--port", PORT)
    count = {"WEB_PROCESSES": str(processes)}
    return Variant(
        "our hub on daphne",
        "hub",
        command,
        rate,
        path="/ws/v1/",
        processes=processes,
        environment=count | environment,
    )


def hub_on_uvicorn(rate: float = 15, **environment: str) -> Variant:
    """Ours on another ASGI server: its plain `send`."""
    command = (sys.executable, "-m", "uvicorn", SITE, "--port", PORT)
    best = ("--ws", "websockets-sansio", "--ws-per-message-deflate", "false")
    options = ("--log-level", "warning", "--ws-ping-interval", NEVER_S)
    return Variant(
        "our hub on uvicorn",
        "hub",
        command + best + options,
        rate,
        is_slow=True,
        path="/ws/v1/",
        environment=environment,
    )


def channels_consumers(layer: str, *, has_hop: bool, rate: float) -> Variant:
    """Ordinary consumers on daphne as Channels documents them."""
    name = f"Channels consumers, {layer} layer" + ("" if has_hop else ", no database hop")
    pings = ("--ping-interval", NEVER_S, "--ping-timeout", NEVER_S)
    site = "bench.stream.rivals.channels_site:application"
    path = "/ordinary/" if has_hop else "/without-hop/"
    environment = {
        "DJANGO_SETTINGS_MODULE": "bench.stream.rivals.channels_settings",
        "BENCH_LAYER": LAYERS[layer],
        "BENCH_PREFIX": f"{layer}-{path.strip('/')}",
    }
    return Variant(
        name,
        "group",
        (sys.executable, "-m", "daphne", "--port", PORT, *pings, site),
        rate,
        path=path,
        is_slow=True,
        layer=LAYERS[layer],
        environment=environment,
    )


def python_loop(tick_ms: int = 0, rate: float = FAST_RATE) -> Variant:
    """The floor in Python; with a tick, conflation and nothing else."""
    command = (sys.executable, "-m", "bench.stream.rivals.send_loop", "--port", PORT, "--feed-port", FEED_PORT)
    options = ("--image", plain_image(), "--tick-ms", str(tick_ms))
    name = "Python send() loop" + (", conflating" if tick_ms else "")
    return Variant(name, "plain", command + options, rate, tick_ms=tick_ms)


def c_loop(folder: Path, tick_ms: int = 0, *, processes: int = 1, rate: float = FAST_RATE) -> Variant | None:
    """The physical floor, where a compiler is there; with a tick it gathers what a client hears, and nothing else."""
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        print("skipped: no C compiler, so the floor is the Python loop")
        return None
    program = folder / "floor"
    if not program.exists():
        source = str(FOLDER / "rivals" / "floor.c")
        subprocess.run([compiler, "-O2", "-o", str(program), source], check=True, timeout=60)
    command = (str(program), PORT, FEED_PORT, plain_image(), str(tick_ms), str(processes))
    name = "C send() loop" + (", gathering" if tick_ms else "")
    return Variant(name, "floor", command, rate, tick_ms=tick_ms, processes=processes)


def node_ws(folder: Path, tick_ms: int = 0, rate: float = FAST_RATE) -> Variant | None:
    """Node with `ws`, installed into a folder of the run's own, where Node and the registry are there."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print("skipped: Node is not here")
        return None
    target = folder / "node"
    if not target.exists():
        shutil.copytree(FOLDER / "node", target)
        install = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--silent"]
        done = subprocess.run(install, cwd=target, check=False, timeout=90, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"`ws` could not be installed: {done.stderr.strip()[-200:]}")
    if not (target / "node_modules" / "ws").is_dir():
        print("skipped: Node without `ws`")
        return None
    command = (node, str(target / "server.js"), PORT, FEED_PORT, plain_image(), str(tick_ms))
    return Variant("Node ws" + (", conflating" if tick_ms else ""), "plain", command, rate, tick_ms=tick_ms)


@contextmanager
def serving(variant: Variant, cores: set[int]) -> Iterator[Server]:
    """The server on these cores until the block ends."""
    port = find_free_port()
    feed_port = find_free_port(port + 1)
    ports = {PORT: str(port), FEED_PORT: str(feed_port)}
    bind = tether(signal.SIGTERM)

    def prepare() -> None:
        bind()
        os.sched_setaffinity(0, cores)

    with tempfile.TemporaryFile("w+") as log, ExitStack() as stack:
        process = subprocess.Popen(
            [ports.get(part, part) for part in variant.command],
            cwd=REPOSITORY,
            env=os.environ | {"PORT": str(port)} | dict(variant.environment),
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=prepare,  # noqa: PLW1509  no thread runs yet
        )
        stack.callback(_stop, process)
        _wait_until(lambda: _listens(port) or process.poll() is not None)
        yield Server(variant.name, process.pid, port, feed_port, log)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"a server did not listen within {START_WITHIN_S:.0f} s")
        time.sleep(0.05)
