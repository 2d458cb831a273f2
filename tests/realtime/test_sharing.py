"""Frames that leave together: everybody gets each of theirs, once."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.hub.audience import Audience
from realtime.hub.connection import Connection
from realtime.hub.sharing import share_out
from realtime.hub.writer import SendNow
from tests.realtime.channels import MemoryWriter

CROWDS = st.lists(st.lists(st.integers(0, 7), unique=True), max_size=6)


class Listeners:
    """Eight sockets that can be written to at once, by their number."""

    def __init__(self) -> None:
        self.connections = []
        self.numbers: dict[SendNow, int] = {}
        for number in range(8):
            writer = MemoryWriter()
            writer.direct = lambda data: len(data)
            self.numbers[writer.direct] = number
            self.connections.append(Connection(writer))

    def audience(self, numbers: Sequence[int]) -> Audience:
        audience = Audience()
        for number in numbers:
            audience.add(self.connections[number])
        return audience

    def share_out(self, audiences: Sequence[Audience]) -> list[tuple[int, bytes]]:
        """Each socket with what it got, where frame 3 is the byte 3."""
        count, pairs = share_out([(bytes((frame,)), audience) for frame, audience in enumerate(audiences)])
        shares = [(self.numbers[send], data) for send, data in pairs]
        assert len(shares) == count
        return shares


async def share(crowds: list[list[int]], changes: list[tuple[int, int]]) -> None:
    listeners = Listeners()
    audiences = [listeners.audience(crowd) for crowd in crowds]
    for index, number in [(-1, 0), *changes]:
        if -1 < index < len(audiences):
            audience, connection = audiences[index], listeners.connections[number]
            if connection in audience.list_members():
                audience.discard(connection)
            else:
                audience.add(connection)

        shares = listeners.share_out(audiences)
        got = {number: sorted(data) for number, data in shares}
        assert len(got) == len(shares)

        heard = {
            number: [index for index, audience in enumerate(audiences) if connection in audience.list_members()]
            for number, connection in enumerate(listeners.connections)
        }
        assert got == {number: frames for number, frames in heard.items() if frames}


@given(
    CROWDS,
    st.lists(st.integers(0, 5), max_size=8),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 7)), max_size=5),
)
def test_every_socket_gets_all_of_its_frames_in_one_write_whoever_comes_and_goes(
    crowds: list[list[int]], repeats: list[int], changes: list[tuple[int, int]]
) -> None:
    crowds += [crowds[index] for index in repeats if index < len(crowds)]

    asyncio.run(share(crowds, changes))


async def test_the_topics_of_two_matches_are_joined_once_for_all_who_follow_one() -> None:
    listeners = Listeners()
    first, second = [0, 1, 2], [3, 4]
    audiences = [listeners.audience(each) for each in (first, second, first, second, [])]

    shares = listeners.share_out(audiences)

    assert shares == [*((number, b"\0\2") for number in first), *((number, b"\1\3") for number in second)]
    assert len({id(data) for _, data in shares}) == 2
    audiences[2].discard(listeners.connections[1])
    assert sorted(listeners.share_out(audiences)) == [
        (0, b"\0\2"),
        (1, b"\0"),
        (2, b"\0\2"),
        (3, b"\1\3"),
        (4, b"\1\3"),
    ]


@pytest.mark.parametrize("crowds", [[], [[]]])
async def test_nobody_gets_nothing(crowds: list[list[int]]) -> None:
    listeners = Listeners()

    assert listeners.share_out([listeners.audience(crowd) for crowd in crowds]) == []
