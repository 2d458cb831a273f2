"""Who may open a socket, and whose it is: cookie with our Origin, token, ticket, or nobody's."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from touchline_client import Closed, TopicRefused
from touchline_client.testing import Client
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from tests.realtime.processes import WebServer, session_cookie, session_key_of

OpenClient = Callable[..., Client]


async def refusal_of(client: Client) -> int | None:
    with pytest.raises(Closed) as closed:
        await client.__aenter__()
    return closed.value.code


async def test_welcome_says_who_you_are_and_what_is_enforced(open_client: OpenClient, ada: User) -> None:
    async with open_client(ada) as client:
        welcome = client.welcome

    assert welcome["v"] == 1
    assert welcome["user"] == {"id": str(ada.id), "username": "ada", "display_name": "ada"}
    assert welcome["heartbeat_ms"] == 5_000
    limits = {name: welcome["limits"][name] for name in ("frame_bytes", "frames_per_s", "burst", "topics")}
    assert limits == {"frame_bytes": 16_384, "frames_per_s": 20, "burst": 40, "topics": 50}
    assert welcome["server_time"].endswith("Z")


async def test_a_visitor_is_nobody(open_client: OpenClient) -> None:
    async with open_client(None) as client:
        assert client.welcome["user"] is None


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1"])
async def test_another_sites_page_may_not_open_a_socket(web: WebServer, ada: User, origin: str) -> None:
    assert await refusal_of(Client(web.url, origin=origin, reconnect=False)) == 403
    assert await refusal_of(Client(web.url, cookie=session_cookie(ada), origin=origin, reconnect=False)) == 403


async def test_a_cookie_without_an_origin_is_refused(web: WebServer, ada: User) -> None:
    assert await refusal_of(Client(web.url, cookie=session_cookie(ada), reconnect=False)) == 403


async def test_a_stale_cookie_makes_a_visitor(web: WebServer) -> None:
    async with Client(web.url, cookie="sessionid=" + "x" * 32, origin=web.origin) as client:
        assert client.welcome["user"] is None


async def test_an_odd_cookie_of_another_site_on_the_same_host_hides_nobody(web: WebServer, ada: User) -> None:
    cookie = 'other={"a": [1]}; ' + session_cookie(ada)
    async with Client(web.url, cookie=cookie, origin=web.origin) as client:
        assert client.welcome["user"]["username"] == "ada"


async def test_a_native_client_sends_its_token_and_no_origin(web: WebServer, ada: User) -> None:
    async with Client(web.url, token=session_key_of(ada)) as client:
        assert client.welcome["user"]["username"] == "ada"
        assert (await client.subscribe(f"user:{ada.id}")).lane == "sequenced"


async def test_a_dead_token_ends_the_socket_for_good(web: WebServer) -> None:
    client = Client(web.url, token="x" * 32)

    assert await refusal_of(client) == 4401
    assert client.errors[0]["code"] == "session_expired"
    assert client.bye == {"op": "bye", "code": 4401, "reconnect": False, "retry_ms": client.bye["retry_ms"]}  # type: ignore[index]  # checked by the comparison


def issue_ticket(user: User) -> str:
    from realtime.tickets import issue_ticket as issue

    return issue(session_key_of(user))


async def test_a_ticket_opens_one_socket_once(web: WebServer, ada: User) -> None:
    ticket = issue_ticket(ada)

    async with Client(web.url, get_ticket=lambda: ticket) as client:
        assert client.welcome["user"]["username"] == "ada"
    second = Client(web.url, get_ticket=lambda: ticket, reconnect=False)

    assert await refusal_of(second) == 4401
    assert second.errors[0]["code"] == "ticket_invalid"


async def test_a_ticket_of_an_ended_session_is_worth_nothing(web: WebServer, ada: User) -> None:
    from django.contrib.sessions.backends.cached_db import SessionStore

    from realtime.tickets import issue_ticket as issue

    session_key = session_key_of(ada)
    ticket = issue(session_key)
    SessionStore(session_key).delete()

    assert await refusal_of(Client(web.url, get_ticket=lambda: ticket, reconnect=False)) == 4401


async def test_auth_turns_a_visitors_socket_into_a_persons(web: WebServer, ada: User) -> None:
    async with Client(web.url) as client:
        with pytest.raises(TopicRefused):
            await client.subscribe(f"user:{ada.id}")
        answer = await client.renew(issue_ticket(ada))

        assert answer == {"id": str(ada.id), "username": "ada", "display_name": "ada"}
        assert (await client.subscribe(f"user:{ada.id}")).image_count == 1


async def test_auth_does_not_hand_a_socket_to_somebody_else(web: WebServer, ada: User, ben: User) -> None:
    from touchline_client import CallRefused

    async with Client(web.url, token=session_key_of(ada)) as client:
        with pytest.raises(CallRefused) as refused:
            await client.renew(issue_ticket(ben))

        assert refused.value.code == "forbidden"
        assert (await client.subscribe(f"user:{ada.id}")).image_count == 1


@pytest.mark.parametrize("path", ["/", "/ws", "/ws/", "/ws/v1", "/ws/v2/", "/ws/v1/x", "/api/me", "/ws/%C3%A9"])
async def test_an_unknown_path_is_told_so(web: WebServer, path: str) -> None:
    frames: list[Any] = []
    async with connect(f"ws://127.0.0.1:{web.port}{path}") as socket:
        with pytest.raises(ConnectionClosed):
            while True:
                frames.append(json.loads(await socket.recv()))

        assert socket.close_code == 4404
    assert frames == [{"op": "bye", "code": 4404, "reconnect": False, "retry_ms": 0}]


async def test_a_socket_without_hello_hears_nothing(web: WebServer) -> None:
    async with connect(web.url) as socket:
        await socket.send('{"op":"ping","id":1}')
        answer = json.loads(await socket.recv())

    assert (answer["op"], answer["code"], answer["ref"]) == ("error", "hello_required", 1)


async def test_a_second_hello_is_an_error(open_client: OpenClient) -> None:
    async with open_client() as client:
        await client.send({"op": "hello", "v": 1})
        await client.ping()

        assert [error["code"] for error in client.errors] == ["hello_required"]


async def test_many_sockets_that_vanish_leave_no_trace(web: WebServer) -> None:
    async def vanish() -> None:
        socket = await connect(web.url)
        await socket.send('{"op":"hello","v":1}')
        socket.transport.abort()

    await asyncio.gather(*(vanish() for _ in range(20)))

    async with Client(web.url) as client:
        assert await client.ping() > 0
