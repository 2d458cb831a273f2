"""A web process dies, alone or as one of two that share a listening socket."""

import signal

from tests.realtime.faults.scene import Moving, Scene
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import Watch


async def test_a_killed_web_process_loses_nothing(stack: Stack, scene: Scene) -> None:
    async with Watch(stack, scene, stack.client(scene.ada)) as watch:
        with Moving(scene.move) as moving:
            await watch.hear(3)
            stack.web.stop(signal.SIGKILL)
            await moving.go_on(5)
            stack.web.start()
            await watch.hear(10)
        await watch.become_current()

        watch.check_history()
        assert watch.client.connection_count >= 2
