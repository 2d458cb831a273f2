"""The examples of the read-me are files that are type-checked, and they do what they say."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import until
from examples import come_with_a_ticket, place_slip, watch_prices
from fake_server import ADA, FakeServer, Visit, conflated_update, subscribed

FOLDER = Path(__file__).resolve().parents[1]


def test_the_read_me_shows_the_examples_as_they_are() -> None:
    shown = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text(), flags=re.DOTALL)
    files = {path.name: path.read_text() for path in sorted((FOLDER / "examples").glob("*.py"))}

    assert [name for text in shown for name, content in files.items() if text in content] == [
        "watch_prices.py",
        "place_slip.py",
        "come_with_a_ticket.py",
    ]
    assert len(shown) == 3


@pytest.fixture
async def running() -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks: list[asyncio.Task[None]] = []
    yield tasks
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def meet(server: FakeServer, user: dict[str, str] | None) -> Visit:
    visit = await server.visit()
    await visit.welcome(user)
    await visit.next("subscribe")
    return visit


async def test_prices_are_watched(
    server: FakeServer, running: list[asyncio.Task[None]], capsys: pytest.CaptureFixture[str]
) -> None:
    running.append(asyncio.create_task(watch_prices.main(server.url)))
    visit = await meet(server, None)
    market = {"event_id": "e", "market_id": "m", "status": "active", "selections": [{"odds": "2.00"}, {"odds": "1.90"}]}
    entries = [["e", 1, market]]
    await visit.say(subscribed(visit, "lobby:prices", "conflated", pos="v:1", image={"entries": entries}))
    told: list[str] = []

    def has_told(count: int) -> bool:
        told.extend(capsys.readouterr().out.splitlines())
        return len(told) >= count

    await until(lambda: has_told(3))
    await visit.say(conflated_update("lobby:prices", ["e", 2, None]))
    await until(lambda: has_told(4))

    assert told == ["the connection is connecting", "the connection is live", "e 2.00 1.90 live", "e is over"]


async def test_a_slip_is_placed_once_and_followed_to_its_end(
    server: FakeServer, running: list[asyncio.Task[None]], capsys: pytest.CaptureFixture[str]
) -> None:
    playing = asyncio.create_task(
        place_slip.main(
            server.url, "t", {"stake": "1.00", "currency": "PLY", "legs": [{"selection_id": "s", "odds": "2"}]}
        )
    )
    running.append(playing)
    visit = await meet(server, ADA)
    await visit.say(subscribed(visit, "user:ada", "sequenced", pos="x:0", image={"open_slips": []}))
    call = await visit.next("call")
    slip = {"id": "1", "odds": "2.00", "status": "accepted", "payout": None, "placed_at": "now"}
    await visit.say({"op": "reply", "ref": call["id"], "ok": slip})
    settled = {"seq": 1, "type": "slip.settled", "slips": [slip | {"status": "won", "payout": "2.00"}]}
    await visit.say({"op": "update", "topic": "user:ada", "pt": 1, "pos": "x:1", "changes": [settled]})
    await playing

    assert capsys.readouterr().out.splitlines() == ["placed at 2.00", "won 2.00"]


async def test_a_ticket_is_fetched(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(come_with_a_ticket, "get_ticket", lambda site, token: f"ticket of {token}")
    coming = asyncio.create_task(
        come_with_a_ticket.main(server.url.replace("ws", "http", 1).removesuffix("/ws/v1/"), "t")
    )
    visit = await server.visit()
    hello = await visit.welcome(ADA)
    await coming

    assert (hello["ticket"], capsys.readouterr().out) == ("ticket of t", "hello Ada\n")
