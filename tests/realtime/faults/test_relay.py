"""The relay dies, alone or with another standing by."""

import signal

from tests.realtime.faults.scene import Moving, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import Watch, count_pending, until


async def test_a_killed_relay_loses_nothing(stack: Stack, scene: Scene) -> None:
    """Every change it had not passed on still stands in its queue, and sockets do not wait for it to come back."""
    async with Watch(stack, scene, stack.client(scene.ada)) as watch:
        with Moving(scene.move) as moving:
            await watch.hear(3)
            stack.relay.stop(signal.SIGKILL)
            await moving.go_on(10)
            await watch.hear(10)
            left = count_pending()
            stack.relay.start()
            await watch.hear(3)
        await watch.become_current()

        watch.check_history()
        assert left >= 20  # two sequenced changes a move
        assert watch.client.connection_count == 1
    await until(lambda: count_pending() == 0)


async def test_a_standby_takes_over_from_a_killed_relay(stack: Stack, scene: Scene) -> None:
    stack.ensure(stack.standby)
    async with Watch(stack, scene, stack.client(scene.ada)) as watch:
        with Moving(scene.move) as moving:
            await watch.hear(3)
            stack.relay.stop(signal.SIGKILL)
            await moving.go_on(5)
            await watch.hear(10)
        await watch.become_current()

        watch.check_history()
    await until(lambda: count_pending() == 0)
    assert stack.standby.read_log().count("relaying") == 1
    stack.standby.stop()
