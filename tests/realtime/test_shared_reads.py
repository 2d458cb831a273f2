"""Reads that several share: one for all who ask at once, and never one that began before somebody asked."""

import asyncio

import pytest

from project.kit.errors import NotFound
from realtime.hub.shared_reads import SharedReads
from tests.realtime.channels import settle


class Database:
    """Answers with how many were asked before, when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    async def read(self, key: str) -> int:
        self.asked.append(key)
        number = len(self.asked)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return number


async def test_all_who_ask_before_a_read_begins_share_it_and_later_ones_share_the_next() -> None:
    database = Database()
    reads = SharedReads(database.read)

    first = [asyncio.ensure_future(reads.get("a")) for _ in range(5)]
    await settle()
    later = [asyncio.ensure_future(reads.get("a")) for _ in range(5)]
    other = asyncio.ensure_future(reads.get("b"))
    await settle()
    asked_at_once = list(database.asked)
    database.may_answer.set()

    assert asked_at_once == ["a", "b"]
    assert await asyncio.gather(*first, *later, other) == [1] * 5 + [3] * 5 + [2]
    assert await reads.get("a") == 4


async def test_one_who_leaves_takes_the_read_from_nobody() -> None:
    database = Database()
    reads = SharedReads(database.read)
    gone, patient = (asyncio.ensure_future(reads.get("a")) for _ in range(2))
    await settle()

    gone.cancel()
    database.may_answer.set()

    assert await patient == 1


async def test_a_failure_is_everybodys_who_shared_it_and_nobody_elses() -> None:
    database = Database()
    reads = SharedReads(database.read)
    database.error = NotFound("There is no such topic")
    shared = [asyncio.ensure_future(reads.get("a")) for _ in range(2)]
    await settle()
    database.may_answer.set()

    for asked in shared:
        with pytest.raises(NotFound):
            await asked
    database.error = None
    assert await reads.get("a") == 2
