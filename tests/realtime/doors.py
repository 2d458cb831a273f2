"""The three doors of placing a slip, each with the real rules behind it: Django, the route before it, the socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import User
from betting.models import BetLeg, BetSlip, ExposureDelta
from payments.models import Transfer
from payments.queries.wallets import get_wallet
from project.kit.models import IdempotentReply, OutboxChange
from project.kit.problems import describe
from project.slip_route import SLIPS_PATH, SlipRoute
from project.threaded_handler import Receive, Scope, Send, ThreadedASGIHandler
from realtime.conversation import Conversation
from realtime.frames.client import CallFrame, FrameRefused, parse_frame
from realtime.handshake import Handshake
from realtime.hub.hub import Hub
from tests.people import caller_of
from tests.realtime.channels import MemoryWriter

TOKEN = "0123456789abcdefABCDEF0123456789"
ORIGIN = b"http://testserver"
OF_A_REQUEST = {"instance", "request_id"}

django = ThreadedASGIHandler(body_bytes_max=10 * 1024 * 1024, threads=2)


@dataclass(frozen=True)
class Answer:
    """A response over HTTP; names of headers in lower case."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def read(self) -> dict[str, Any]:
        """What it says, less what only a request has."""
        content: dict[str, Any] = json.loads(self.body)
        return {name: value for name, value in content.items() if name not in OF_A_REQUEST}

    @property
    def code(self) -> str | None:
        code: str | None = json.loads(self.body).get("code")
        return code


@dataclass
class Doors:
    """A route whose hub hears Redis; `passed_on` counts what it left to Django."""

    hub: Hub
    passed_on: int = 0
    route: SlipRoute = field(init=False)

    def __post_init__(self) -> None:
        self.route = SlipRoute(self._pass_on)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.passed_on += 1
        await django(scope, receive, send)

    async def by_route(self, scope: Scope, *chunks: bytes) -> Answer:
        return await ask(self.route, scope, *chunks)

    async def by_django(self, scope: Scope, *chunks: bytes) -> Answer:
        return await ask(django, scope, *chunks)

    async def by_socket(self, user: User, body: bytes, key: str | None) -> dict[str, Any]:
        """What a call answers: `ok`, or the members of the refusal."""
        writer = MemoryWriter()
        connection = self.hub.open_connection(writer, address="")
        connection.caller = caller_of(user)
        named = "" if key is None else f'"key":{json.dumps(key)},'
        try:
            frame = parse_frame(f'{{"op":"call","id":1,"name":"place_slip",{named}"args":{body.decode()}}}')
        except FrameRefused as refused:
            return describe(refused.error)
        assert isinstance(frame, CallFrame)
        conversation = Conversation(self.hub, connection, Handshake("/ws/v1/", "", None, "", None))
        conversation._start_call(frame)
        await asyncio.gather(*conversation._calls, return_exceptions=True)
        reply = writer.frames[-1]
        answer: dict[str, Any] = reply["ok"] if "ok" in reply else reply["error"]
        return answer


@asynccontextmanager
async def open_doors(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Doors]:
    hub = Hub()
    hub.bus.start()
    monkeypatch.setattr("project.slip_route.current_hub", lambda: hub)
    try:
        while not hub.bus.is_listening:
            await hub.bus.subscribe("test:ready")  # returns when it is confirmed, or after a second
        yield Doors(hub)
    finally:
        await hub.bus.stop()


async def ask(application: Callable[..., Any], scope: Scope, *chunks: bytes) -> Answer:
    """The answer of an application to a request whose body arrives in these pieces."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks[:-1]]
    messages.append({"type": "http.request", "body": chunks[-1] if chunks else b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    headers = {name.lower(): value for name, value in sent[0]["headers"]}
    assert len(headers) == len(sent[0]["headers"])
    return Answer(sent[0]["status"], headers, sent[1]["body"])


def request(
    session_key: str, body: bytes, key: str | None = "one", *, changes: Mapping[bytes, bytes | None] | None = None
) -> Scope:
    """The scope of a request as a browser of ours sends it; `changes` replace headers, None leaves one out."""
    headers: dict[bytes, bytes | None] = {
        b"host": b"testserver",
        b"origin": ORIGIN,
        b"cookie": f"sessionid={session_key}; csrftoken={TOKEN}".encode(),
        b"x-csrftoken": TOKEN.encode(),
        b"content-type": b"application/json",
        b"content-length": b"%d" % len(body),
        b"idempotency-key": None if key is None else key.encode("latin1"),
        **(changes or {}),
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": SLIPS_PATH,
        "raw_path": SLIPS_PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name, value) for name, value in headers.items() if value is not None],
        "client": ("127.0.0.1", 4000),
        "server": ("testserver", 80),
    }


def rows_of(user: User) -> dict[str, Any]:
    """All that a person's slips have written, less ids and instants."""
    slips = BetSlip.objects.filter(user=user).order_by("placed_at", "id")
    keys = IdempotentReply.objects.filter(owner_id=user.id).order_by("key")
    slip_ids = [str(slip.id) for slip in slips]
    transfers = Transfer.objects.filter(ref__in=slip_ids).order_by("ref", "leg")
    changes = OutboxChange.objects.filter(stream=f"user:{user.id}").order_by("seq")
    return {
        "funds": (get_wallet(user.id, "PLY").available_minor, get_wallet(user.id, "PLY").held_minor),
        "slips": list(slips.values_list("status", "stake_minor", "potential_win_minor", "price_policy", "bet_type")),
        "legs": list(
            BetLeg.objects.filter(slip__in=slips).order_by("slip", "position").values_list("selection_id", "odds_milli")
        ),
        "transfers": list(transfers.values_list("kind", "amount_minor")),
        "keys": list(keys.values_list("key", "fingerprint")),
        "changes": [change.payload["type"] for change in changes],
    }


def count_risks() -> int:
    return ExposureDelta.objects.count()
