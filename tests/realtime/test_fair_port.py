"""Processes that accept from one socket: whoever has more connections lets the others go first."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure

from project.server.connection_counts import ConnectionCounts, clear_count, make_counts
from project.server.fair_port import OTHERS_GO_FIRST_S, FairPort


@pytest.fixture
def counts() -> Iterator[int]:
    """The descriptor of the counts of three processes."""
    descriptor = make_counts(3)
    yield descriptor
    os.close(descriptor)


class Site:
    """A port of the first process, the count of the second, and people who come."""

    def __init__(self, counts: int, listening: socket.socket) -> None:
        self.reactor = MemoryReactorClock()
        self.protocols: list[Any] = []
        self.port = FairPort(listening.getsockname()[1], Factory(), reactor=self.reactor)
        self.port.factory.buildProtocol = self._build
        self.port._preexistingSocket = listening
        self.port.counts = ConnectionCounts(counts, 0)
        self.port.startListening()
        self.other = ConnectionCounts(counts, 1)
        self._address = listening.getsockname()
        self._people: list[socket.socket] = []

    def come(self, people: int) -> None:
        self._people += [socket.create_connection(self._address) for _ in range(people)]

    def read(self) -> int:
        """The loop finds the port readable; answers how many connections there are then."""
        if self.port in self.reactor.getReaders():
            self.port.doRead()
        return len(self.protocols)

    def _build(self, address: Any) -> Protocol:
        self.protocols.append(Protocol())
        return self.protocols[-1]

    def close(self) -> None:
        for person in self._people:
            person.close()
        self.port.stopListening()


@pytest.fixture
def site(counts: int) -> Iterator[Site]:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    with closing(Site(counts, listening)) as site:
        yield site


def test_who_has_no_more_than_the_others_takes_one_at_a_time(site: Site) -> None:
    site.come(3)
    site.other.set(2)

    assert [site.read() for _ in range(3)] == [1, 2, 3]


def test_who_has_more_waits_for_a_moment_before_each(site: Site) -> None:
    site.come(3)
    site.other.set(0)

    assert [site.read() for _ in range(3)] == [1, 1, 1]
    for expected in (2, 3):
        site.reactor.advance(OTHERS_GO_FIRST_S)
        assert [site.read() for _ in range(2)] == [expected, expected]


def test_a_connection_that_ended_counts_no_more(site: Site) -> None:
    site.come(2)
    site.other.set(0)
    site.read()
    site.protocols[0].transport.connectionLost(Failure(ConnectionDone()))

    site.reactor.advance(OTHERS_GO_FIRST_S)
    assert site.read() == 2
    assert not site.other.are_lower_elsewhere()


def test_a_connection_that_ends_twice_or_badly_is_counted_out_once(site: Site) -> None:
    site.come(2)
    site.read()
    site.read()

    def break_down(reason: object) -> None:
        raise ValueError("a bug")

    site.protocols[0].connectionLost = break_down
    with pytest.raises(ValueError, match="a bug"):
        site.protocols[0].transport.connectionLost(Failure(ConnectionDone()))
    for _ in range(2):
        site.protocols[0].transport.connectionLost(Failure(ConnectionDone()))

    site.other.set(2)
    assert site.other.are_lower_elsewhere()  # the first has one
    site.other.set(1)
    assert not site.other.are_lower_elsewhere()


def test_who_ends_takes_all_at_once_and_is_nobody_to_wait_for(site: Site) -> None:
    site.come(3)
    site.other.set(0)
    assert [site.read() for _ in range(2)] == [1, 1]

    site.port.hurry()
    site.port.doRead()
    site.port.doRead()
    assert len(site.protocols) == 3
    site.reactor.advance(OTHERS_GO_FIRST_S)
    site.other.set(9)
    assert not site.other.are_lower_elsewhere()


def test_who_has_died_or_not_begun_is_nobody_to_wait_for(counts: int) -> None:
    first, second = ConnectionCounts(counts, 0), ConnectionCounts(counts, 1)
    first.set(5)
    assert not first.are_lower_elsewhere()

    second.set(4)
    assert first.are_lower_elsewhere()
    assert not second.are_lower_elsewhere()

    clear_count(counts, 1)
    assert not first.are_lower_elsewhere()
