"""Sockets end with their sessions: at log-out at once, and within a minute when nobody said a word."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser
from touchline_client.testing import Client

from accounts.actions.people import suspend_person
from accounts.models import User
from tests.realtime.processes import WebServer

if TYPE_CHECKING:
    from realtime.hub.connection import Connection
    from realtime.hub.hub import Hub
    from tests.realtime.channels import MemoryWriter

OpenClient = Callable[..., Client]


def open_browser(web: WebServer, user: User) -> tuple[Browser, Client]:
    """A logged-in browser and its socket, which stays closed when it is closed."""
    browser = Browser()
    browser.force_login(user)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    return browser, Client(web.url, cookie=cookie, origin=web.origin, reconnect=False)


async def test_log_out_closes_the_sockets_of_that_session_at_once(web: WebServer, ada: User) -> None:
    here, client = open_browser(web, ada)
    _, elsewhere = open_browser(web, ada)
    async with client, elsewhere:
        assert here.delete("/_allauth/browser/v1/auth/session").status_code == 401
        code = await client.wait_closed(timeout=20)

        assert code == 4401
        assert client.bye is not None
        assert client.bye["reconnect"] is True
        assert await elsewhere.ping() > 0


async def test_a_suspended_person_is_cut_off_everywhere_at_once(web: WebServer, ada: User, mod: User) -> None:
    clients = [open_browser(web, ada)[1] for _ in range(3)]
    for client in clients:
        await client.__aenter__()

    suspend_person(user_id=ada.id, actor_id=mod.id, reason="fraud")
    codes = [await client.wait_closed(timeout=20) for client in clients]

    assert codes == [4401] * 3


async def test_after_log_out_the_socket_comes_back_as_a_visitor(web: WebServer, ada: User) -> None:
    browser = Browser()
    browser.force_login(ada)
    client = Client(web.url, cookie=f"sessionid={browser.cookies['sessionid'].value}", origin=web.origin)
    async with client:
        topic = await client.subscribe("lobby:prices")
        browser.delete("/_allauth/browser/v1/auth/session")
        await topic.until(lambda each: each.image_count == 2)

        assert client.welcome["user"] is None
        assert await client.ping() > 0


async def test_a_session_that_ended_without_a_word_is_found(
    transactional_db: None, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message can be lost with Redis; the check every minute cannot."""
    from django.contrib.sessions.backends.cached_db import SessionStore

    from project.kit.callers import Caller
    from realtime.hub import checks
    from realtime.hub.connection import Connection
    from realtime.hub.hub import Hub
    from tests.realtime.channels import MemoryWriter
    from tests.realtime.processes import session_key_of

    monkeypatch.setattr(checks, "SESSION_CHECK_S", -1.0)
    monkeypatch.setattr(checks, "SESSIONS_A_QUERY", 1)  # however many there are: all of them in one round
    hub = Hub()
    ended, standing = [MemoryWriter(), MemoryWriter()], MemoryWriter()
    keys = [session_key_of(ada), session_key_of(ada)]
    for writer, key in ((ended[0], keys[0]), (standing, keys[1]), (ended[1], keys[0])):
        connection = Connection(writer)
        connection.caller = Caller(user_id=ada.id, username="ada", role="END_USER", session_key=key)
        hub.add(connection)
    SessionStore(keys[0]).delete()

    await checks.check_sessions(hub)
    await asyncio.sleep(0)

    assert [writer.closed_with for writer in (*ended, standing)] == [4401, 4401, None]


async def test_who_is_self_excluded_is_found_where_the_order_was_lost(
    transactional_db: None, ada: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.actions.exclusions import exclude_self, take_time_out
    from project.kit.callers import Caller
    from realtime.hub import checks
    from realtime.hub.connection import Connection
    from realtime.hub.hub import Hub
    from tests.realtime.channels import MemoryWriter
    from tests.realtime.processes import session_key_of

    monkeypatch.setattr(checks, "SESSION_CHECK_S", -1.0)
    hub = Hub()
    writers = {user.username: MemoryWriter() for user in (ada, ben)}
    for user in (ada, ben):
        connection = Connection(writers[user.username])
        connection.caller = Caller(user.id, user.username, user.role, session_key_of(user))
        hub.add(connection)
    await asyncio.to_thread(exclude_self, user_id=ada.id, length="6_months")
    await asyncio.to_thread(take_time_out, user_id=ben.id, length="6_weeks")

    await checks.check_sessions(hub)
    await asyncio.sleep(0)

    assert {name: writer.closed_with for name, writer in writers.items()} == {"ada": 4423, "ben": None}


async def hear(user: User, *topics: str, monkeypatch: pytest.MonkeyPatch) -> "tuple[Hub, Connection, MemoryWriter]":
    """A hub whose one socket is this person's and hears these topics; each round of its check looks at all."""
    from project.kit.callers import Caller
    from realtime.frames.client import TopicRequest
    from realtime.hub import bus_reader, checks
    from realtime.hub.connection import Connection
    from realtime.hub.hub import Hub
    from tests.realtime.channels import MemoryWriter
    from tests.realtime.processes import session_key_of

    monkeypatch.setattr(checks, "SESSION_CHECK_S", -1.0)
    monkeypatch.setattr(bus_reader, "CONFIRM_WITHIN_S", 0)
    hub, writer = Hub(), MemoryWriter()
    connection = Connection(writer)
    connection.caller = Caller(user.id, user.username, user.role, session_key_of(user))
    hub.add(connection)
    for topic in topics:
        await hub.subscribe(connection, TopicRequest(topic=topic), ref=1)
    return hub, connection, writer


async def test_a_lost_role_takes_its_topics_away(
    transactional_db: None, mod: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.hub import checks

    hub, connection, writer = await hear(mod, "moderation:queue", monkeypatch=monkeypatch)
    User.objects.filter(id=mod.id).update(role="END_USER")

    await checks.check_sessions(hub)

    assert connection.topics == set()
    assert [(frame["code"], frame["topic"]) for frame in writer.frames if frame["op"] == "error"] == [
        ("forbidden", "moderation:queue")
    ]


async def test_who_is_a_trader_no_more_hears_the_desk_no_more(
    transactional_db: None, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role stays the same: only the group says so."""
    from realtime.hub import checks
    from tests.betting.desk import make_priced_event

    exposure, own = f"desk:exposure:{make_priced_event().pk}", f"user:{trader.id}"
    hub, connection, writer = await hear(trader, exposure, own, monkeypatch=monkeypatch)
    await checks.check_sessions(hub)
    assert connection.topics == {exposure, own}
    trader.groups.clear()

    await checks.check_sessions(hub)

    assert connection.topics == {own}
    assert [(frame["code"], frame["topic"]) for frame in writer.frames if frame["op"] == "error"] == [
        ("forbidden", exposure)
    ]


async def test_a_check_that_a_bug_ended_begins_again(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from realtime.hub import checks
    from realtime.hub.hub import Hub

    hub = Hub()
    runs: list[Hub] = []
    has_run_again = asyncio.Event()

    async def check(each: Hub) -> None:
        runs.append(each)
        if len(runs) == 1:
            raise ZeroDivisionError
        has_run_again.set()

    checks._keep_running(check, hub, 0.01)
    await asyncio.wait_for(has_run_again.wait(), 20)
    for task in hub._tasks:
        task.cancel()

    assert [record.exc_info is not None for record in caplog.records if record.name == checks.__name__] == [True]
