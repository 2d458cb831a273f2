"""Who we are without a cookie or a header: a ticket before each hello, and another one in place."""

import asyncio
import itertools

import pytest
from conftest import Stage
from fake_server import ADA, PROBLEM, FakeServer, Visit, subscribed
from touchline_client import CallRefused, Client, NotConnected, TicketUnavailable, TopicRefused

REFUSED = {"op": "error", **PROBLEM, "status": 401, "code": "ticket_invalid"}


async def test_a_fresh_ticket_is_asked_for_before_each_hello(stage: Stage) -> None:
    numbers = itertools.count(1)
    client, first = await stage.start(get_ticket=lambda: f"t{next(numbers)}")
    first.cut()
    await stage.lost(1)
    second = await stage.come_back(client)

    assert [visit.heard[0] for visit in (first, second)] == [
        {"op": "hello", "v": 1, "ticket": "t1"},
        {"op": "hello", "v": 1, "ticket": "t2"},
    ]


async def test_a_ticket_may_be_awaited(stage: Stage) -> None:
    async def get_ticket() -> str:
        await asyncio.sleep(0)
        return "t"

    _, visit = await stage.start(get_ticket=get_ticket)

    assert visit.heard[0]["ticket"] == "t"


async def test_no_ticket_is_a_visit(stage: Stage) -> None:
    _, visit = await stage.start(get_ticket=lambda: None)

    assert visit.heard[0] == {"op": "hello", "v": 1}


@pytest.mark.parametrize("failure", [OSError("unreachable"), TicketUnavailable("logged out")])
async def test_a_ticket_that_cannot_be_had_is_a_failed_attempt(stage: Stage, failure: Exception) -> None:
    failures = [failure]

    def get_ticket() -> str:
        if failures:
            raise failures.pop()
        return "t2"

    client = stage.open(get_ticket=get_ticket)
    assert (await stage.lost(1)).retry_ms == 200
    visit = await stage.come_back(client)

    assert visit.heard[0]["ticket"] == "t2"
    assert stage.server.count == 1


async def test_any_other_failure_is_not_hidden(server: FakeServer) -> None:
    def get_ticket() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with Client(server.url, get_ticket=get_ticket):
            pass

    assert server.count == 0


async def test_a_ticket_that_never_comes_is_given_up(stage: Stage) -> None:
    async def get_ticket() -> str:
        await asyncio.Event().wait()
        return "never"

    stage.open(get_ticket=get_ticket)
    while not stage.losses:
        await stage.clock.advance(5)
        await asyncio.sleep(0.001)

    assert (stage.states, stage.server.count) == (["connecting", "offline"], 0)


async def test_a_refused_ticket_is_followed_by_another_less_and_less_often(stage: Stage) -> None:
    client, codes = stage.open(get_ticket=lambda: "t"), list[str]()
    client.on("refusal", lambda refusal: codes.append(refusal["code"]))
    for number in (1, 2, 3):
        visit = await stage.server.visit()
        await visit.next("hello")
        await visit.say(REFUSED, {"op": "bye", "code": 4401, "reconnect": False, "retry_ms": 100})
        retry_ms = (await stage.lost(number)).retry_ms
        assert retry_ms is not None
        await stage.clock.advance(retry_ms / 1_000)

    assert codes == ["ticket_invalid"] * 3
    assert [loss.retry_ms for loss in stage.losses] == [300, 500, 900]


async def answer_auth(visit: Visit, **members: object) -> dict[str, object]:
    auth = await visit.next("auth")
    await visit.say({"op": "reply", "ref": auth["id"], **members})
    return auth


async def test_identity_is_renewed_in_place_and_what_was_refused_is_asked_for_again(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    asking = asyncio.create_task(client.subscribe("user:ada"))
    await visit.next("subscribe")
    await visit.say(subscribed(visit, "user:ada", "sequenced", pos="x:7", image={}))
    topic = await asking
    await visit.say({"op": "error", **PROBLEM, "topic": "user:ada"})  # the session ran out
    await client.ping()
    assert (topic.standing, type(topic.refusal)) == ("refused", TopicRefused)

    renewing = asyncio.create_task(client.renew("t1"))
    auth = await answer_auth(visit, ok={"user": ADA})
    assert auth["ticket"] == "t1"
    assert (dict(await renewing), client.user) == (ADA, ADA)
    asked = await visit.next("subscribe")
    await visit.say(subscribed(visit, "user:ada", "sequenced", pos="x:7", resumed=True))
    await client.ping()

    assert asked["topics"] == [{"topic": "user:ada", "since": "x:7"}]
    assert (topic.standing, topic.refusal) == ("current", None)


async def test_a_renewal_takes_its_ticket_from_where_hello_does_and_may_be_refused(stage: Stage) -> None:
    client, visit = await stage.start(ADA, get_ticket=lambda: "t")
    renewing = asyncio.create_task(client.renew())
    auth = await answer_auth(visit, error=PROBLEM)

    assert auth["ticket"] == "t"
    with pytest.raises(CallRefused) as refused:
        await renewing
    assert (refused.value.name, refused.value.code) == ("auth", "forbidden")


async def test_a_renewal_without_any_ticket_says_so(stage: Stage) -> None:
    client, _ = await stage.start(ADA)

    with pytest.raises(NotConnected):
        await client.renew()
