"""Two web processes on one listening socket: both serve, one may die, and both obey."""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import redis
from django.test import Client as Browser
from touchline_client.testing import Client

from realtime.core.limits import SOCKETS_PER_USER
from realtime.presence import address_key, person_key
from tests.realtime.faults.scene import WAIT_S, Moving, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import Watch, until

HERE = address_key("127.0.0.1")


def list_children(stack: Stack) -> list[int]:
    """The process ids of the pair."""
    assert stack.pair.process is not None
    parent = stack.pair.process.pid
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def count_sockets(stack: Stack, key: str) -> dict[bytes, int]:
    """Sockets under a presence key by the hub that has them."""
    with redis.Redis.from_url(stack.redis.url()) as client:
        found: Any = client.hgetall(key)  # its types allow for a coroutine
    return {hub: int(text.partition(b"@")[0]) for hub, text in found.items()}


async def open_at_both(key: str, stack: Stack, open_client: Callable[[], Client]) -> list[Client]:
    """Sockets until both processes have some. The kernel decides who gets one, so it may take a few."""
    clients: list[Client] = []
    while len(count_sockets(stack, key)) < 2:
        if len(clients) == SOCKETS_PER_USER:
            await close(clients)
            await until(lambda: not count_sockets(stack, key))
        clients.append(open_client())
        await clients[-1].__aenter__()
        await until(lambda: sum(count_sockets(stack, key).values()) == len(clients))
    return clients


async def close(clients: list[Client]) -> None:
    while clients:
        await clients.pop().__aexit__()


async def test_one_of_two_dies_and_the_other_goes_on(stack: Stack, scene: Scene) -> None:
    stack.ensure(stack.pair)
    async with asyncio.timeout(WAIT_S):
        clients = await open_at_both(HERE, stack, lambda: stack.client(None, at=stack.pair))
    killed, survivor = list_children(stack)
    watches = [Watch(stack, scene, stack.client(scene.ada, at=stack.pair), at=stack.pair) for _ in range(4)]
    for watch in watches:
        await watch.__aenter__()
    with Moving(scene.move):
        await watches[0].hear(3)
        os.kill(killed, signal.SIGKILL)
        for watch in watches:
            await watch.hear(5)
        await until(lambda: len(list_children(stack)) == 2)
    for watch in watches:
        await watch.become_current()
        watch.check_history()
        await watch.__aexit__()

    assert survivor in list_children(stack)
    await until(lambda: {client.state for client in clients} == {"live"})
    await until(lambda: {client.connection_count for client in clients} == {1, 2})
    assert all([await client.ping() for client in clients])
    await close(clients)


async def test_a_log_out_ends_the_sockets_at_both(stack: Stack, scene: Scene) -> None:
    stack.ensure(stack.pair)
    browser = Browser()
    browser.force_login(scene.ada)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    make = partial(Client, stack.pair.url, cookie=cookie, origin=stack.pair.origin, reconnect=False)
    async with asyncio.timeout(WAIT_S):
        key = person_key(scene.ada.id)
        clients = await open_at_both(key, stack, make)

    assert (await asyncio.to_thread(browser.delete, "/_allauth/browser/v1/auth/session")).status_code == 401
    codes = [await client.wait_closed() for client in clients]

    assert codes == [4401] * len(clients)
    await until(lambda: not count_sockets(stack, key))
