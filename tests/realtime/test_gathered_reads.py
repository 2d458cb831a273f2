"""Many keys in one read: each answered by one that began after it was asked for, none more than there is room for."""

import asyncio
from collections.abc import Mapping

import pytest

from project.kit.errors import NotFound, TemporarilyUnavailable
from realtime.hub.gathered_reads import KEYS_MAX, WAITING_MAX, GatheredReads
from tests.realtime.channels import settle


class Database:
    """Answers each key with the number of the read, when it is let."""

    def __init__(self) -> None:
        self.reads: list[list[str]] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    async def read(self, keys: list[str]) -> Mapping[str, int]:
        self.reads.append(keys)
        number = len(self.reads)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return {key: number for key in keys if key != "unknown"}


async def test_what_is_asked_for_meanwhile_shares_the_next_read() -> None:
    database = Database()
    reads = GatheredReads(database.read)

    first = [asyncio.ensure_future(reads.get(key)) for key in ("a", "b", "a")]
    await settle()
    second = [asyncio.ensure_future(reads.get(key)) for key in ("a", "unknown")]
    await settle()
    third = [asyncio.ensure_future(reads.get(key)) for key in ("a", "c", "a", "d")]
    await settle()
    asked_at_once = list(database.reads)
    database.may_answer.set()

    assert asked_at_once == [["a", "b"], ["a", "unknown"]]
    assert await asyncio.gather(*first, *second, *third) == [1, 1, 1, 2, None, 3, 3, 3, 3]
    assert database.reads == [["a", "b"], ["a", "unknown"], ["a", "c", "d"]]


async def test_reads_are_bounded_and_so_is_who_waits() -> None:
    database = Database()
    reads = GatheredReads(database.read)

    asked = [asyncio.ensure_future(reads.get(f"{number}")) for number in range(WAITING_MAX)]
    await settle()
    more = [asyncio.ensure_future(reads.get(f"more {number}")) for number in range(2 * KEYS_MAX)]
    await settle()
    with pytest.raises(TemporarilyUnavailable):
        await reads.get("one more")
    database.may_answer.set()

    await asyncio.gather(*asked, *more)
    assert {len(keys) for keys in database.reads} == {KEYS_MAX}


async def test_one_who_leaves_takes_the_read_from_nobody() -> None:
    database = Database()
    reads = GatheredReads(database.read)
    gone, patient = (asyncio.ensure_future(reads.get("a")) for _ in range(2))
    await settle()

    gone.cancel()
    database.may_answer.set()

    assert await patient == 1


async def test_a_failure_is_everybodys_who_shared_it_and_nobody_elses() -> None:
    database = Database()
    reads = GatheredReads(database.read)
    database.error = NotFound()
    failing = [asyncio.ensure_future(reads.get(key)) for key in ("a", "b")]
    await settle()
    database.may_answer.set()
    failures = await asyncio.gather(*failing, return_exceptions=True)
    database.error = None

    assert [type(failure) for failure in failures] == [NotFound, NotFound]
    assert await reads.get("a") == 2
