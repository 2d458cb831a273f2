"""Whatever ends a session ends its sockets at every web process, with the code that says whether to come back."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.test import Client as Browser
from django.urls import reverse
from touchline_client.testing import Client

from accounts.models import User
from community.actions.conversations import start_conversation
from community.models import Message
from project.kit import bus
from realtime import identity
from realtime.conversation import Conversation
from realtime.core.closing import SELF_EXCLUDED, SESSION_ENDED
from realtime.frames.client import CallFrame, HelloFrame
from realtime.handshake import Handshake
from realtime.hub.connection import Connection
from realtime.hub.cuts import REMEMBERED_FOR_S, Cuts
from realtime.hub.hub import Hub
from tests.people import PASSWORD, caller_of, make_person
from tests.realtime.channels import MemoryWriter
from tests.realtime.processes import WebServer, session_key_of

CLOSED_WITHIN_S = 5.0  # within one second on a machine that does nothing else


@pytest.fixture
def servers(web: WebServer, second_web: WebServer) -> list[WebServer]:
    """Two web processes that share PostgreSQL and Redis."""
    return [web, second_web]


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


async def open_everywhere(servers: list[WebServer], browser: Browser) -> list[Client]:
    """A socket of this browser at each process; they stay closed when they are closed."""
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    clients = [Client(server.url, cookie=cookie, origin=server.origin, reconnect=False) for server in servers]
    for client in clients:
        await client.__aenter__()
    return clients


async def codes_after(act: Callable[[], Any], clients: list[Client]) -> list[int | None]:
    """The close code of each socket, all within the promised time of the act."""
    started_at = time.monotonic()
    act()
    codes = list(await asyncio.gather(*(client.wait_closed() for client in clients)))
    assert time.monotonic() - started_at < CLOSED_WITHIN_S
    return codes


async def test_log_out_ends_the_sockets_of_that_session_at_every_process(servers: list[WebServer], ada: User) -> None:
    here, elsewhere = browser_of(ada), browser_of(ada)
    ended, others = await open_everywhere(servers, here), await open_everywhere(servers, elsewhere)

    codes = await codes_after(lambda: here.delete("/_allauth/browser/v1/auth/session"), ended)

    assert codes == [4401, 4401]
    for client in others:
        assert await client.ping() > 0
        await client.__aexit__()


async def test_ending_a_session_from_the_list_ends_its_sockets(servers: list[WebServer], ada: User) -> None:
    here, elsewhere = Browser(), Browser()
    for browser in (here, elsewhere):
        credentials = {"username": "ada", "password": PASSWORD}
        answer = browser.post("/_allauth/browser/v1/auth/login", credentials, content_type="application/json")
        assert answer.status_code == 200
    listed = here.get("/_allauth/browser/v1/auth/sessions").json()["data"]
    other_id = next(session["id"] for session in listed if not session["is_current"])
    ended, kept = await open_everywhere(servers, elsewhere), await open_everywhere(servers, here)

    def end() -> None:
        path = "/_allauth/browser/v1/auth/sessions"
        assert here.delete(path, {"sessions": [other_id]}, content_type="application/json").status_code == 200

    assert await codes_after(end, ended) == [4401, 4401]
    for client in kept:
        assert await client.ping() > 0
        await client.__aexit__()


async def test_a_new_password_ends_every_socket_of_the_person(servers: list[WebServer], ada: User, ben: User) -> None:
    here = browser_of(ada)
    ended = [*await open_everywhere(servers, here), *await open_everywhere(servers, browser_of(ada))]
    others = await open_everywhere(servers, browser_of(ben))

    def change() -> None:
        passwords = {"current_password": PASSWORD, "new_password": "another-long-secret"}
        here.post("/_allauth/browser/v1/account/password/change", passwords, content_type="application/json")

    assert await codes_after(change, ended) == [4401] * 4
    for client in others:
        assert await client.ping() > 0
        await client.__aexit__()


async def test_suspending_somebody_in_the_back_office_ends_their_sockets(servers: list[WebServer], ada: User) -> None:
    boss = browser_of(make_person("boss", "ADMIN"))
    ended = await open_everywhere(servers, browser_of(ada))

    def suspend() -> None:
        form = {"_form_submitted": "True", "reason": "fraud"}
        assert boss.post(reverse("admin:accounts_user_suspend", args=[ada.id]), form).status_code == 302

    assert await codes_after(suspend, ended) == [4401, 4401]
    assert [client.bye["reconnect"] for client in ended if client.bye] == [True, True]


async def test_who_excludes_themselves_is_cut_off_everywhere_and_stays_out(servers: list[WebServer], ada: User) -> None:
    """Over HTTP they still log in and read what is theirs; neither socket nor stream opens, by cookie or by ticket."""
    browser = browser_of(ada)
    cut = await open_everywhere(servers, browser)

    def post(path: str, body: dict[str, str]) -> Any:
        headers = {"Idempotency-Key": path}
        return browser.post(path, body, content_type="application/json", headers=headers)

    def exclude() -> None:
        assert post("/api/me/self-exclusions", {"length": "6_months"}).status_code == 201

    assert await codes_after(exclude, cut) == [4423, 4423]
    assert [client.bye["reconnect"] for client in cut if client.bye] == [False, False]
    session = browser.cookies["sessionid"].value
    ticket = post("/api/socket-ticket", {}).json()["ticket"]
    by_cookie = {"cookie": f"sessionid={session}", "origin": servers[0].origin}
    for proof in (by_cookie, {"get_ticket": lambda: ticket}):
        client = Client(servers[0].url, reconnect=False, **proof)
        client.open()
        assert await client.wait_closed() == 4423
        assert [error["code"] for error in client.errors] == ["self_excluded"]
    again = browser_of(ada)
    assert again.get("/api/me").json()["user"]["username"] == "ada"
    assert again.get("/api/me/safer-play").json()["exclusion"]["kind"] == "self_exclusion"
    assert post("/api/conversations", {"username": "ada"}).json()["code"] == "self_excluded"


@pytest.mark.parametrize(("is_remembered", "closed_with"), [(True, 4401), (False, None)])
async def test_a_session_that_ends_while_its_socket_is_looked_up_ends_the_socket(
    transactional_db: None, ada: User, monkeypatch: pytest.MonkeyPatch, is_remembered: bool, closed_with: int | None
) -> None:
    """The order comes when nobody knows yet whose socket it is; the control forgets it and leaves the socket open."""
    hub = Hub()
    key = session_key_of(ada)
    order = {"op": "close_user", "user_id": str(ada.id), "session": "", "code": 4401}
    identify = identity.identify

    def identify_and_end(handshake: Handshake, ticket: str | None) -> identity.Identity:
        found = identify(handshake, ticket)
        hub._loop.call_soon_threadsafe(hub._obey, json.dumps(order).encode())
        return found

    monkeypatch.setattr(identity, "identify", identify_and_end)
    if not is_remembered:
        monkeypatch.setattr(hub.cuts, "find_for", lambda caller, since: None)
    writer = MemoryWriter()
    connection = Connection(writer)
    conversation = Conversation(hub, connection, Handshake("/ws/v1/", "", None, "", key))
    await conversation._hello(HelloFrame(op="hello", v=1))

    assert writer.closed_with == closed_with
    assert connection.is_welcome == (not is_remembered)


@pytest.mark.django_db
def test_an_order_stands_for_those_who_were_asked_about_before_it(ada: User, ben: User) -> None:
    cuts = Cuts()
    one, other = replace(caller_of(ada), session_key="one" * 9), replace(caller_of(ada), session_key="other" * 5)
    cuts.note(ada.id, bus.session_digest(one.session_key), SESSION_ENDED, at=10.0)

    assert cuts.find_for(one, since=9.0) is SESSION_ENDED
    assert cuts.find_for(one, since=11.0) is None, "who logs in again stays"
    assert cuts.find_for(other, since=9.0) is None
    assert cuts.find_for(caller_of(ben), since=9.0) is None
    cuts.note(ada.id, "", SELF_EXCLUDED, at=12.0)
    assert cuts.find_for(other, since=9.0) is SELF_EXCLUDED
    cuts.note(ben.id, "", SESSION_ENDED, at=13.0 + REMEMBERED_FOR_S)
    assert len(cuts._cuts) == 1


async def test_while_no_order_would_be_heard_each_command_asks_whether_the_session_stands(
    transactional_db: None, ada: User
) -> None:
    """A hub that does not hear Redis: nobody can tell it that a session has ended."""
    hub = Hub()
    key = session_key_of(ada)
    writer = MemoryWriter()
    connection = Connection(writer)
    conversation = Conversation(hub, connection, Handshake("/ws/v1/", "", None, "", key))
    await conversation._hello(HelloFrame(op="hello", v=1))
    assert not hub.bus.is_listening
    other = make_person("other")
    conversation_id = str(start_conversation(starter_id=ada.id, other_id=other.id).id)

    async def say(number: int) -> None:
        arguments: dict[str, Any] = {"conversation_id": conversation_id, "body": "hello"}
        frame = CallFrame(op="call", id=number, name="send_message", key=f"k{number}", args=arguments)
        conversation.hear(frame)
        while conversation._calls:
            await asyncio.wait(set(conversation._calls))

    conversation.has_said_hello = True
    await say(1)
    assert [frame["ref"] for frame in writer.frames if frame["op"] == "reply" and "ok" in frame] == [1]
    SessionStore(key).delete()
    await say(2)

    assert writer.closed_with == 4401
    assert Message.objects.count() == 1
