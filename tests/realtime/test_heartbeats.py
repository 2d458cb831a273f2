"""One beat for all sockets of a process: each is asked when it wanted to be, and no more than one timer runs."""

import asyncio

from realtime.core.encoding import frame_of
from realtime.hub.audience import Audience
from realtime.hub.connection import Connection
from realtime.hub.heartbeats import BEAT_S, Heartbeats
from tests.realtime.channels import MemoryWriter, StillClock


class Socket:
    """Asked, it says when next: after `pauses`, then never."""

    def __init__(self, *pauses: float) -> None:
        self.pauses = list(pauses)
        self.asked_at: list[float] = []

    def beat(self, now: float) -> float | None:
        self.asked_at.append(asyncio.get_running_loop().time())
        return now + self.pauses.pop(0) if self.pauses else None


async def test_each_is_asked_when_it_wanted_to_be_and_is_let_go_of_when_it_is_over() -> None:
    clock, heartbeats = StillClock(), Heartbeats()
    soon, later = Socket(2 * BEAT_S), Socket()
    began_at = clock.now

    heartbeats.expect(soon, began_at + 0.01)
    heartbeats.expect(later, began_at + 2 * BEAT_S)
    for _ in range(60):
        await clock.advance(BEAT_S / 10)

    first, second = (at - began_at for at in soon.asked_at)
    (third,) = (at - began_at for at in later.asked_at)
    for asked, wanted in ((first, 0.01), (second, first + 2 * BEAT_S), (third, 2 * BEAT_S)):
        assert wanted - 0.001 <= asked < wanted + 1.2 * BEAT_S
    assert len(heartbeats) == 0


async def test_who_has_gone_or_wants_another_time_is_not_asked_at_the_first() -> None:
    heartbeats, now = Heartbeats(), asyncio.get_running_loop().time()
    gone, moved = Socket(), Socket()

    heartbeats.expect(gone, now + 0.01)
    heartbeats.expect(moved, now + 0.01)
    heartbeats.forget(gone)
    heartbeats.expect(moved, now + 60)
    await asyncio.sleep(3 * BEAT_S)

    assert gone.asked_at == moved.asked_at == []
    assert len(heartbeats) == 1


async def test_a_socket_that_ends_another_and_one_that_fails_leave_the_others_their_time() -> None:
    clock, heartbeats = StillClock(), Heartbeats()
    ended, patient = Socket(), Socket()
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

    class Broken(Socket):
        def beat(self, now: float) -> float | None:
            heartbeats.forget(ended)
            raise ZeroDivisionError

    for socket in (patient, ended, Broken()):  # the last is asked first
        heartbeats.expect(socket, clock.now + 0.01)
    for _ in range(5):
        await clock.advance(BEAT_S)

    assert [type(error) for error in reported] == [ZeroDivisionError]
    assert ended.asked_at == []
    assert len(patient.asked_at) == 1


async def test_a_socket_beats_when_nothing_else_was_written() -> None:
    clock, heartbeats, audience = StillClock(), Heartbeats(), Audience()
    idle, busy, heard = (Connection(MemoryWriter(), heartbeats=heartbeats) for _ in range(3))
    audience.add(heard)
    for connection in (idle, busy, heard):
        connection.beat_every(500)

    for _ in range(26):
        busy.send(frame_of({"op": "notice"}))
        audience.written_at = clock.now
        await clock.advance(0.05)

    assert [_count_heartbeats(each) for each in (idle, busy, heard)] == [2, 0, 0]
    for connection in (idle, busy, heard):
        connection.end()
    assert len(heartbeats) == 0


def _count_heartbeats(connection: Connection) -> int:
    assert isinstance(connection.writer, MemoryWriter)
    return sum(frame["op"] == "heartbeat" for frame in connection.writer.frames)
