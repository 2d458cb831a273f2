"""One connection after another: hello, silence, endings, and when the next one is tried."""

import asyncio
import socket
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import pytest
from conftest import Clock, Stage, state_of, turn, until
from fake_server import ADA, FakeServer, subscribed
from touchline_client import Client, Closed, Loss, NotConnected


async def test_says_hello_first_with_what_it_was_told_to_ask_for(stage: Stage) -> None:
    client = stage.open(token="secret", origin="https://touchline.example", lang="en", heartbeat_ms=2_000)
    visit = await stage.welcome(client, ADA)

    assert visit.heard[0] == {"op": "hello", "v": 1, "lang": "en", "heartbeat_ms": 2_000}
    headers = stage.server.requests[0].headers
    assert (headers["X-Session-Token"], headers["Origin"]) == ("secret", "https://touchline.example")
    assert "Cookie" not in headers
    assert (client.user, state_of(client), stage.states) == (ADA, "live", ["connecting", "live"])
    assert client.limits is not None
    assert client.limits["topics"] == 50


async def test_a_browser_sends_its_cookie(stage: Stage) -> None:
    await stage.start(cookie="sessionid=x", origin="https://touchline.example")

    assert stage.server.requests[0].headers["Cookie"] == "sessionid=x"


@pytest.mark.parametrize(
    ("chance", "waits"),
    [(0.0, [200, 400, 800, 1_600, 3_200, 6_400, 7_500, 7_500]), (1.0, [400, 800, 1_600, 3_200, 6_400, 12_800, 15_000])],
)
async def test_waits_longer_after_each_failure_between_half_of_the_wait_and_all_of_it(
    stage: Stage, chance: float, waits: list[float]
) -> None:
    stage.open(chance=lambda: chance)
    for number in range(1, len(waits) + 1):
        (await stage.server.visit()).cut()
        retry_ms = (await stage.lost(number)).retry_ms
        assert retry_ms is not None
        await stage.clock.advance(retry_ms / 1_000 - 0.1)
        assert stage.server.count == number
        await stage.clock.advance(0.1)

    assert [loss.retry_ms for loss in stage.losses] == waits


async def test_one_that_lasted_ten_seconds_is_asked_soon_and_one_that_drops_us_ever_less_often(stage: Stage) -> None:
    client, visit = await stage.start()
    for number in (1, 2):
        visit.cut()
        await stage.lost(number)
        visit = await stage.come_back(client)
    await stage.clock.advance(10)
    visit.cut()
    await stage.lost(3)

    assert [loss.retry_ms for loss in stage.losses] == [200, 400, 200]


async def test_silence_is_shown_after_eight_seconds_and_ends_the_connection_after_twenty(stage: Stage) -> None:
    client, visit = await stage.start()
    await stage.clock.advance(7.5)
    assert state_of(client) == "live"
    await stage.clock.advance(0.5)
    assert state_of(client) == "delayed"
    await visit.say({"op": "heartbeat", "t": 1})
    await client.ping()
    assert state_of(client) == "live"
    visit.answers_pings = False
    await stage.clock.advance(19)
    assert state_of(client) == "delayed"
    await stage.clock.advance(1.1)
    await visit.wait_gone()
    await stage.lost(1)

    assert stage.states == ["connecting", "live", "delayed", "live", "delayed", "offline"]
    assert (stage.losses[0].code, stage.losses[0].bye) == (1006, None)


async def test_silence_is_told_within_a_second(stage: Stage) -> None:
    client = stage.open()
    await stage.welcome(client, heartbeat_ms=1_000)
    await stage.clock.advance(1.9)
    assert stage.states == ["connecting", "live"]
    await stage.clock.advance(1.1)

    assert stage.states == ["connecting", "live", "delayed"]


async def test_a_server_that_is_behind_itself_makes_it_delayed_until_a_heartbeat_says_otherwise(stage: Stage) -> None:
    client, visit = await stage.start()
    await visit.say({"op": "heartbeat", "t": 1, "delayed": True})
    await client.ping()
    assert state_of(client) == "delayed"
    await visit.say({"op": "notice", "id": "n", "title": "Other frames change nothing"})
    await client.ping()
    assert state_of(client) == "delayed"
    await visit.say({"op": "heartbeat", "t": 2})
    await client.ping()
    assert state_of(client) == "live"

    await visit.say({"op": "heartbeat", "t": 3, "delayed": True})
    await client.ping()
    visit.cut()
    await stage.lost(1)
    await stage.come_back(client)
    assert state_of(client) == "live", "a new welcome begins anew"


async def test_what_may_be_old_is_never_current(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe("lobby:prices"))
    await visit.next("subscribe")
    await visit.say(subscribed(visit, "lobby:prices", "conflated", pos="v:1", image={"entries": [["a", 1, {}]]}))
    prices = await asking
    assert (prices.is_current, state_of(client)) == (True, "live")

    await visit.say({"op": "heartbeat", "t": 1, "delayed": True})
    await client.ping()
    assert not prices.is_current
    await visit.say({"op": "heartbeat", "t": 1})
    await client.ping()
    assert (prices.is_current, prices.standing) == (True, "current")
    await stage.clock.advance(8)
    assert (prices.is_current, prices.standing) == (False, "current"), "known without another frame or event"
    await client.ping()
    assert (prices.is_current, prices.standing) == (True, "current")
    visit.cut()
    await stage.lost(1)
    assert (prices.is_current, prices.standing, prices.image) == (False, "awaited", {"a": {}})


async def test_gives_up_a_handshake_that_leads_nowhere(clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client, losses = Client(f"ws://127.0.0.1:{silent.getsockname()[1]}/"), list[Loss]()
        client.on("loss", losses.append)
        client.open()
        await turn()
        await clock.advance(20)
        await until(lambda: bool(losses))
        await client.close()

    assert losses[0].code == 1006


async def test_gives_up_a_welcome_that_never_comes(stage: Stage) -> None:
    stage.open()
    visit = await stage.server.visit()
    await visit.next("hello")
    await stage.clock.advance(20)
    await stage.lost(1)

    assert stage.losses[0].retry_ms == 200


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', "{}", '{"op": 1}'])
async def test_a_frame_that_cannot_be_read_makes_it_start_over(stage: Stage, text: str) -> None:
    client, visit = await stage.start()
    await visit.say_raw(text)
    await stage.lost(1)
    await stage.come_back(client)

    assert stage.states == ["connecting", "live", "offline", "live"]


async def test_frames_of_a_later_protocol_are_passed_over(stage: Stage) -> None:
    client, visit = await stage.start()
    await visit.say({"op": "fanfare", "topic": "lobby:scores"})
    await client.ping()

    assert state_of(client) == "live"


@pytest.mark.parametrize("code", [4400, 4403, 4404, 4423])
async def test_stays_away_after_a_final_code(stage: Stage, code: int) -> None:
    client, visit = await stage.start()
    await visit.leave(code)

    assert await client.wait_closed(timeout=10) == code
    assert (state_of(client), stage.losses) == ("closed", [Loss(code, None, None)])
    with pytest.raises(Closed):
        await client.subscribe("lobby:scores")
    with pytest.raises(NotConnected):
        await client.ping()


@pytest.mark.parametrize(
    ("code", "wait_ms"),
    [(1000, 200), (4401, 200), (4408, 200), (4413, 200), (4409, 5_200), (4429, 5_200), (4503, 700)],
)
async def test_comes_back_after_others_whose_bye_was_lost(stage: Stage, code: int, wait_ms: float) -> None:
    client, visit = await stage.start()
    await visit.leave(code)
    await stage.lost(1)
    await stage.come_back(client)

    assert stage.losses == [Loss(code, None, wait_ms)]


async def test_a_draining_server_is_left_at_once_and_another_asked_after_the_wait_it_names(stage: Stage) -> None:
    client, visit = await stage.start()
    bye = {"op": "bye", "code": 4503, "reconnect": True, "retry_ms": 730}
    await visit.say(bye)
    await stage.lost(1)
    await stage.clock.advance(0.6)
    assert (stage.server.count, state_of(client)) == (1, "offline")
    await stage.clock.advance(0.13)
    await stage.server.visit()

    assert stage.losses == [Loss(4503, bye, 730)]


async def test_nothing_is_live_while_goodbyes_are_exchanged(stage: Stage) -> None:
    client, visit = await stage.start()
    visit.socket.transport.pause_reading()  # it will not answer ours
    await visit.say({"op": "bye", "code": 4503, "reconnect": True, "retry_ms": 730})
    await until(lambda: state_of(client) == "offline")
    assert stage.losses == []
    visit.cut()
    await stage.lost(1)


async def test_a_bye_that_forbids_coming_back_is_obeyed_whatever_its_code(stage: Stage) -> None:
    client, visit = await stage.start()
    await visit.say({"op": "bye", "code": 4401, "reconnect": False, "retry_ms": 100})

    assert await client.wait_closed(timeout=10) == 4401


async def test_tells_when_the_session_ended(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    ended = asyncio.Event()
    client.on("session_ended", lambda _: ended.set())
    await visit.say({"op": "bye", "code": 4401, "reconnect": True, "retry_ms": 100})
    await asyncio.wait_for(ended.wait(), 10)
    await stage.come_back(client, None)

    assert client.user is None


@pytest.mark.parametrize(("status", "is_final"), [(403, True), (404, True), (429, False), (500, False), (503, False)])
async def test_a_refused_handshake_is_final_where_the_request_is_wrong(
    stage: Stage, server: FakeServer, status: int, is_final: bool
) -> None:
    server.statuses = [HTTPStatus(status)]
    client = stage.open()
    loss = await stage.lost(1)

    assert (loss.code, loss.retry_ms) == (status, None if is_final else 200)
    assert state_of(client) == ("closed" if is_final else "offline")


async def test_entering_fails_where_the_server_does_not_want_us(server: FakeServer) -> None:
    server.statuses = [HTTPStatus(403)]
    with pytest.raises(Closed) as closed:
        async with Client(server.url):
            pass

    assert closed.value.code == 403


async def test_without_reconnecting_one_connection_is_all(stage: Stage) -> None:
    client, visit = await stage.start(reconnect=False)
    visit.cut()

    assert await client.wait_closed(timeout=10) == 1006
    assert stage.server.count == 1


async def test_where_nobody_listens_it_keeps_trying(server: FakeServer, clock: Clock) -> None:
    client, losses = Client(server.url), list[Loss]()
    client.on("loss", losses.append)
    await server.stop()
    client.open()
    while len(losses) < 3:
        await clock.advance(1)
        await asyncio.sleep(0.001)
    await client.close()
    await server.start()

    assert [loss.code for loss in losses] == [1006] * 3


async def test_closing_says_goodbye_and_ends_the_loops(stage: Stage) -> None:
    client, visit = await stage.start()
    asking = asyncio.create_task(client.subscribe("lobby:prices"))
    await visit.next("subscribe")
    await visit.say(subscribed(visit, "lobby:prices", "conflated", pos="v:1", image={"entries": []}))
    prices = await asking

    async def read_all() -> list[str]:
        return [event.kind async for event in prices]

    reading = asyncio.create_task(read_all())
    await turn()
    await client.close()
    await visit.wait_gone()

    assert await reading == ["entries"]
    assert (visit.socket.close_code, state_of(client)) == (1000, "closed")


async def test_closing_at_once_ends_it_too(stage: Stage) -> None:
    client = stage.open()
    asking = asyncio.create_task(client.subscribe("lobby:prices"))
    assert state_of(client) == "connecting"
    await client.close()
    await client.close()

    with pytest.raises(Closed):
        await asking
    assert (state_of(client), stage.server.count) == ("closed", 0)


async def test_a_listener_that_fails_harms_no_other(stage: Stage) -> None:
    reports: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context["exception"]))
    client, visit = await stage.start()
    titles: list[str] = []

    def fail(content: object) -> None:
        raise ZeroDivisionError

    client.on("notice", fail)
    end = client.on("notice", lambda notice: titles.append(notice["title"]))
    for title in ("one", "two"):
        await visit.say({"op": "notice", "title": title})
        await client.ping()
        end()
        end()

    assert titles == ["one"]
    assert [type(report) for report in reports] == [ZeroDivisionError] * 2


async def test_frames_leave_no_faster_than_the_server_takes_them(stage: Stage) -> None:
    client = stage.open()
    visit = await stage.welcome(client, frames_per_s=1, burst=8)  # of which a ping takes one

    async def ping_all() -> Sequence[int]:
        return await asyncio.gather(*(client.ping() for _ in range(10)))

    pinging = asyncio.create_task(ping_all())
    await until(lambda: len(visit.of("ping")) >= 4)
    await turn()
    assert len(visit.of("ping")) == 4
    while not pinging.done():
        await stage.clock.advance(1 / 0.9)
        await asyncio.sleep(0.001)

    assert len(visit.of("ping")) == 11
