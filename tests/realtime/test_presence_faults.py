"""Presence when a web process is killed, or Redis emptied or killed: people are absent for a moment, never for long."""

import signal
from pathlib import Path

import redis

from accounts.models import User
from project.devstack.redis import RedisServer
from tests.realtime.gatherings import OpenClient, client_of, shows, thread_of
from tests.realtime.processes import WebServer, faults_in


async def test_the_people_of_a_killed_process_are_forgotten(open_client: OpenClient, tmp_path: Path, ada: User) -> None:
    thread = thread_of(ada)
    doomed = WebServer(tmp_path / "doomed.log")
    doomed.start()
    async with open_client(ada) as client:
        topic = await client.subscribe(thread)
        async with client_of(doomed, None, reconnect=False) as visitor:
            await visitor.subscribe(thread)
            await topic.until(lambda each: each.ephemeral.image["visitors"] == 1)
            doomed.stop(signal.SIGKILL)
        await topic.until(lambda each: each.ephemeral.image["visitors"] == 0, timeout=25)


async def test_a_flushed_redis_is_filled_again(
    open_client: OpenClient, open_there: OpenClient, test_redis: "redis.Redis", ada: User, ben: User, cleo: User
) -> None:
    thread, other_thread = thread_of(ada), thread_of(ada)
    async with open_client(ada) as client, open_there(ben) as other, open_client(cleo) as newcomer:
        topic = await client.subscribe(thread)
        await other.subscribe(thread)
        await other.subscribe(other_thread)
        await topic.until(shows("ada", "ben"))
        test_redis.flushall()
        seen = await newcomer.subscribe(other_thread)
        await seen.until(shows("ben", "cleo"))
        await topic.until(shows("ada", "ben"))

        assert [change["type"] for change in topic.changes] == ["presence.arrived", "presence.counted"]


async def test_a_redis_that_dies_makes_people_absent_and_no_errors(
    transactional_db: None, tmp_path: Path, ada: User, ben: User
) -> None:
    """Both processes stay up: each knows its own people all the while, and the others again within seconds."""
    store = RedisServer(tmp_path, name="live", log_name="live")
    store.start()
    servers = [WebServer(tmp_path / f"{name}.log", REDIS_URL=store.url()) for name in ("one", "other")]
    for server in servers:
        server.start()
    thread = thread_of(ada)
    async with client_of(servers[0], ada) as client, client_of(servers[1], ben) as other:
        topics = [await client.subscribe(thread), await other.subscribe(thread)]
        for topic in topics:
            await topic.until(shows("ada", "ben"))

        store.stop()
        await topics[0].until(shows("ada"), timeout=25)
        await topics[1].until(shows("ben"), timeout=25)
        await client.typing(thread)
        await topics[0].until(shows("ada", part="typing"))
        store.start()
        for topic in topics:
            await topic.until(shows("ada", "ben"), timeout=10)

        assert (client.errors, other.errors) == ([], [])
        assert (client.connection_count, other.connection_count) == (1, 1)
    for server in servers:
        server.stop()
        assert faults_in(server.read_log()) == []
    store.stop()
