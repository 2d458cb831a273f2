"""The channel layer that ordinary consumers would use survives silence."""

import asyncio

from channels.layers import get_channel_layer

IDLE_S = 7.0  # a Redis client with its own read timeout drops the connection after five


async def test_a_message_after_a_long_silence_arrives() -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    waiting = asyncio.create_task(layer.receive(channel))

    await asyncio.sleep(IDLE_S)  # the silence is what is tested
    assert not waiting.done()
    await layer.send(channel, {"type": "test.message", "number": 1})

    assert await asyncio.wait_for(waiting, 10) == {"type": "test.message", "number": 1}
    await layer.close_pools()
