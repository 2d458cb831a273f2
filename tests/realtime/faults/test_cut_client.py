"""The network between a client and the server breaks at any byte, in either direction, again and again."""

import random

import pytest

from tests.realtime.faults.proxy import Link, Proxy
from tests.realtime.faults.scene import Moving, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import Watch, until

CUTS = 40


def check_order(link: Link) -> None:
    """On one connection no change comes twice, is left out or overtakes another: no rule of the client's hides it."""
    last: dict[str, int] = {}
    for frame in link.list_frames():
        if frame["op"] == "subscribed" and frame["lane"] == "sequenced":
            last.pop(frame["topic"], None)
            if "image" in frame:
                last[frame["topic"]] = int(frame["pos"].partition(":")[2])
        elif frame["op"] == "update" and "con" not in frame:
            numbers = [change["seq"] for change in frame["changes"]]
            first = last.get(frame["topic"], numbers[0] - 1) + 1
            assert numbers == list(range(first, first + len(numbers)))
            last[frame["topic"]] = numbers[-1]


def count_caught_up(links: list[Link]) -> int:
    """How often a change had happened while the client was away."""
    count = 0
    for link in links:
        frames = link.list_frames()
        resumed = [at for at, frame in enumerate(frames) if frame.get("resumed")]
        count += sum(frame["op"] == "update" for at in resumed for frame in frames[at + 1 : at + 2])
    return count


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_client_that_is_cut_at_any_byte_loses_nothing(
    stack: Stack, scene: Scene, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchline_client.backoff.LONGEST_DELAY_MS", 100)
    chance = random.Random(seed)
    async with Proxy(stack.web.port) as proxy:
        client = stack.client(scene.ada, port=proxy.port)
        async with Watch(stack, scene, client) as watch:
            with Moving(scene.move) as moving:
                await proxy.cut_at_random(chance, CUTS)
            await watch.become_current()

            watch.check_history()
            assert moving.failures == 0
    for link in proxy.links:
        check_order(link)
    assert len(proxy.links) > CUTS
    assert count_caught_up(proxy.links) > 0, "the cuts cost nothing, so nothing was shown"


async def test_a_network_that_says_nothing_is_never_called_live(stack: Stack, scene: Scene) -> None:
    """Nobody closes a frozen connection: the client has to notice, and to come back by itself."""
    async with Proxy(stack.web.port) as proxy:
        client = stack.client(scene.ada, port=proxy.port, heartbeat_ms=500)
        async with Watch(stack, scene, client) as watch:
            with Moving(scene.move) as moving:
                await watch.hear(3)
                assert client.state == "live"
                proxy.freeze()
                await until(lambda: client.state == "delayed")
                await moving.go_on(5)
                await until(lambda: client.state == "offline")
                proxy.thaw()
                await watch.hear(5)
            await watch.become_current()

            watch.check_history()
            await until(lambda: client.state == "live")
            assert client.connection_count == 2
