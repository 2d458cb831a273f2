"""PostgreSQL cuts its connections, or dies and recovers from its log."""

from tests.realtime.faults.proxy import Proxy
from tests.realtime.faults.scene import Moving, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import Watch, count_pending, until


async def test_cut_database_connections_lose_nothing(stack: Stack, scene: Scene) -> None:
    async with Watch(stack, scene, stack.client(scene.ada)) as watch:
        with Moving(scene.move) as moving:
            cut = []
            for _ in range(5):
                await watch.hear(3)
                cut.append(stack.cut_backends())
            await watch.hear(3)
        await watch.become_current()

        watch.check_history()
        assert all(cut)
        assert (moving.failures, watch.client.connection_count) == (0, 1)
    await until(lambda: count_pending() == 0)


async def test_a_killed_postgresql_loses_nothing(stack: Stack, scene: Scene) -> None:
    """Away for longer than hubs trust what they hold: then it is called delayed."""
    async with Proxy(stack.web.port) as proxy, Watch(stack, scene, stack.client(scene.ada, port=proxy.port)) as watch:
        link = proxy.links[0]
        with Moving(scene.move) as moving:
            await watch.hear(3)
            assert (link.is_delayed, watch.client.state) == (False, "live")
            stack.kill_postgres()
            await until(lambda: moving.failures > 0)
            await until(lambda: link.is_delayed and watch.client.state == "delayed")
            stack.postgres.start()
            await watch.hear(5)
            await until(lambda: not link.is_delayed and watch.client.state == "live")
        await watch.become_current()

        watch.check_history()
        assert watch.client.connection_count == 1
    await until(lambda: count_pending() == 0)
