"""How updates get to each kind of server: the bus of our hub, a group of a channel layer, a datagram for the rest."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, Final, Protocol

from bench.stream.updates import Load, TopicChoice, entry_text, frame_text, make_value, market_name

GROUP: Final = "bench"
LAYER_CAPACITY: Final = 10_000  # nothing is dropped, so that what is measured was delivered


class Publisher(Protocol):
    """Sends update number 0, 1, 2, … of a load."""

    def publish(self, number: int) -> None: ...

    def publish_many(self, numbers: Sequence[int]) -> None: ...

    def close(self) -> None: ...


class BusPublisher:
    """PUBLISH of the messages that our actions and our relay publish. `answer` is what the first client heard."""

    def __init__(self, load: Load, answer: bytes) -> None:
        from project.kit.bus import channel_of
        from project.kit.redis import redis_client

        self._load = load
        self._redis = redis_client()
        self._channels = [channel_of(topic) for topic in load.topics]
        self._seqs = [0] * load.topic_count
        self._epoch, self._choice = _epoch_in(answer), TopicChoice(load)

    def publish(self, number: int) -> None:
        self._redis.publish(*self._message(number))

    def publish_many(self, numbers: Sequence[int]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for number in numbers:
            pipeline.publish(*self._message(number))
        pipeline.execute()

    def close(self) -> None:
        """The process's client of Redis stays for the next."""

    def _message(self, number: int) -> tuple[str, bytes]:
        from project.kit.bus import conflated_message, sequenced_message
        from project.kit.topics import Keyed

        topic = self._choice.pick(number)
        market = market_name(number % self._load.markets)
        if self._load.lane == "conflated":
            return self._channels[topic], conflated_message(
                [Keyed(market, number + 2, make_value(number, self._load.selections))]
            )
        self._seqs[topic] += 1
        change = {"type": "bench.change", "market": market} | make_value(number, self._load.selections)
        return self._channels[topic], sequenced_message(epoch=self._epoch, seq=self._seqs[topic], change=change)


class GroupPublisher:
    """`group_send` through the layer that the consumers use."""

    def __init__(self, backend: str, prefix: str) -> None:
        from django.conf import settings
        from django.utils.module_loading import import_string

        hosts = [{"address": settings.REDIS_URL, "socket_timeout": None}]
        self._layer: Any = import_string(backend)(hosts=hosts, prefix=prefix, capacity=LAYER_CAPACITY)
        self._runner = asyncio.Runner()

    def publish(self, number: int) -> None:
        message = {"type": "bench.update", "text": frame_text(0, number)}
        self._runner.run(self._layer.group_send(GROUP, message))

    def publish_many(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.publish(number)

    def close(self) -> None:
        self._runner.close()


class DatagramPublisher:
    """One datagram an update: nothing could be cheaper to receive. With a tick the receiver makes the frames."""

    def __init__(self, feed_port: int, load: Load, *, has_tick: bool) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(("127.0.0.1", feed_port))
        self._load, self._has_tick = load, has_tick

    def publish(self, number: int) -> None:
        market, selections = number % self._load.markets, self._load.selections
        if self._has_tick:
            self._socket.send(f"{market_name(market)}\0{entry_text(market, number, selections)}".encode())
        else:
            self._socket.send(frame_text(market, number, selections).encode())

    def publish_many(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.publish(number)

    def close(self) -> None:
        self._socket.close()


class FloorPublisher:
    """To each process of the C loop one Unix datagram an update. A full queue holds it up, so nothing is dropped."""

    def __init__(self, feed_port: int, load: Load, processes: int) -> None:
        self._sockets = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(processes)]
        for process, each in enumerate(self._sockets):
            each.connect(f"\0bench-floor-{feed_port}-{process}")
        self._choice = TopicChoice(load)

    def publish(self, number: int) -> None:
        update = bytes((self._choice.pick(number),)) + frame_text(0, number).encode()
        for each in self._sockets:
            each.send(update)

    def publish_many(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.publish(number)

    def close(self) -> None:
        for each in self._sockets:
            each.close()


def _epoch_in(answer: bytes) -> str:
    """The epoch of a `subscribed` frame's position, "v" on a conflated topic."""
    _, _, rest = answer.partition(b'"op":"subscribed"')
    return rest.partition(b'"pos":"')[2].partition(b":")[0].decode()
