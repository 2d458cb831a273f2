"""What belongs to an event loop is found on the loop that runs, on whatever thread, in whatever order."""

import asyncio
import gc
import threading
import weakref

import pytest

from project.kit.loops import LoopLocal, running_loop


class Item:
    pass


def test_each_loop_has_one_of_its_own() -> None:
    local = LoopLocal(Item)

    async def twice() -> tuple[Item, Item]:
        return local.get(), local.get()

    (first, again), (other, _) = asyncio.run(twice()), asyncio.run(twice())

    assert first is again
    assert other is not first


def test_it_is_found_only_once_it_has_been_made() -> None:
    local = LoopLocal(Item)

    async def find() -> tuple[Item | None, Item, Item | None]:
        return local.find(), local.get(), local.find()

    before, item, after = asyncio.run(find())

    assert (before, after) == (None, item)


def test_loops_of_two_threads_are_told_apart_while_both_run() -> None:
    local = LoopLocal(Item)
    found: list[tuple[asyncio.AbstractEventLoop, asyncio.AbstractEventLoop, Item]] = []
    both = threading.Barrier(2)

    async def look() -> None:
        for _ in range(20):
            both.wait(10)
            found.append((running_loop(), asyncio.get_running_loop(), local.get()))

    threads = [threading.Thread(target=lambda: asyncio.run(look())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 40
    assert all(ours is theirs for ours, theirs, _ in found)
    assert len({(loop, item) for loop, _, item in found}) == 2


def test_outside_a_loop_there_is_none() -> None:
    asyncio.run(asyncio.sleep(0))

    with pytest.raises(RuntimeError):
        running_loop()


def test_what_a_loop_had_goes_with_it() -> None:
    local = LoopLocal(Item)

    async def get() -> weakref.ref[Item]:
        return weakref.ref(local.get())

    gone = asyncio.run(get())
    asyncio.run(get())  # the last one is remembered
    gc.collect()

    assert gone() is None
