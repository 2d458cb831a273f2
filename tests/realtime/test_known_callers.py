"""Whose sessions stand is remembered for a while, and asked again before that is over for who comes back."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from project.kit.callers import Caller
from project.kit.errors import TemporarilyUnavailable
from project.kit.ids import new_id
from realtime.hub.bus_reader import BusReader
from realtime.hub.cuts import Cuts
from realtime.hub.known_callers import (
    KNOWN_FOR_S,
    KNOWN_MAX,
    RENEWED_AFTER_S,
    RENEWED_AT_ONCE,
    Callers,
    KnownCallers,
)

PEOPLE = {f"session-{number:03}": Caller(user_id=new_id(), session_key=f"session-{number:03}") for number in range(120)}


class Site:
    """Callers whose clock is set, over sessions that can end without a word."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.standing = dict(PEOPLE)
        self.asked: list[list[str]] = []
        self.is_away = False
        monkeypatch.setattr("realtime.hub.known_callers.find_callers", self._find)
        monkeypatch.setattr("realtime.hub.known_callers.RENEWED_EVERY_S", 0.0)
        self.callers = Callers(Cuts(), cast(BusReader, SimpleNamespace(is_listening=True)), lambda: self.now)

    def _find(self, session_keys: list[str]) -> dict[str, Caller]:
        self.asked.append(session_keys)
        if self.is_away:
            raise TemporarilyUnavailable
        return {key: self.standing[key] for key in session_keys if key in self.standing}

    async def find(self, session_key: str, *, at: float) -> tuple[Caller | None, bool]:
        """Who it is, and whether that took a look-up that had to be waited for."""
        self.now = at
        finding = asyncio.ensure_future(self.callers.find(session_key))
        await asyncio.sleep(0)
        has_waited = not finding.done()
        return await finding, has_waited

    async def renewed(self) -> None:
        while (renewal := self.callers._renewal) is not None:
            await asyncio.wait([renewal])


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(monkeypatch)


async def test_who_comes_back_is_asked_about_meanwhile_and_never_waits_again(site: Site) -> None:
    key, ada = next(iter(PEOPLE.items()))

    assert await site.find(key, at=0.0) == (ada, True)
    assert await site.find(key, at=RENEWED_AFTER_S - 0.01) == (ada, False)
    await site.renewed()
    assert site.asked == [[key]]

    for number in range(1, 4):
        assert await site.find(key, at=number * RENEWED_AFTER_S) == (ada, False)
        await site.renewed()
        assert site.asked == [[key]] * (number + 1)


async def test_who_does_not_come_back_in_time_waits(site: Site) -> None:
    key, ada = next(iter(PEOPLE.items()))

    await site.find(key, at=0.0)
    assert await site.find(key, at=KNOWN_FOR_S) == (ada, True)
    assert site.asked == [[key], [key]]


async def test_a_session_that_ended_without_a_word_is_over_when_it_is_asked_about(site: Site) -> None:
    key, ada = next(iter(PEOPLE.items()))

    await site.find(key, at=0.0)
    del site.standing[key]
    assert await site.find(key, at=RENEWED_AFTER_S) == (ada, False)
    await site.renewed()

    assert await site.find(key, at=RENEWED_AFTER_S) == (None, True)


async def test_many_are_asked_about_in_small_look_ups(site: Site) -> None:
    await asyncio.gather(*(site.callers.find(key) for key in PEOPLE))
    site.asked.clear()

    site.now = RENEWED_AFTER_S
    for key in [*PEOPLE, *PEOPLE]:
        await site.callers.find(key)  # waits for nothing, so no look-up begins meanwhile
    await site.renewed()

    assert sorted(key for keys in site.asked for key in keys) == list(PEOPLE), "each once"
    assert list(map(len, site.asked)) == [RENEWED_AT_ONCE, len(PEOPLE) - RENEWED_AT_ONCE]


async def test_while_the_database_is_away_what_is_known_grows_too_old(site: Site) -> None:
    key, ada = next(iter(PEOPLE.items()))
    await site.find(key, at=0.0)
    site.is_away = True

    assert await site.find(key, at=RENEWED_AFTER_S) == (ada, False)
    await site.renewed()
    assert await site.find(key, at=KNOWN_FOR_S - 0.01) == (ada, False)
    await site.renewed()
    with pytest.raises(TemporarilyUnavailable):
        await site.find(key, at=KNOWN_FOR_S)


def test_known_callers_are_bounded_and_go_with_their_time() -> None:
    known = KnownCallers()
    people = [Caller(user_id=new_id(), session_key=f"session-{number}") for number in range(3)]
    for number, caller in enumerate(people):
        known.keep(caller, asked_at=float(number))

    assert known.find("session-0", at=4.9) == people[0]
    assert known.find("session-0", at=5.0) is None
    known.keep(people[0], asked_at=6.5)
    assert list(known._known) == ["session-2", "session-0"], "what is over goes when something comes"
    assert len(known._keys_of) == 2

    known.forget_all(at=7.0)
    known.keep(people[1], asked_at=7.0)
    assert known.find("session-1", at=7.0) is None, "its order may have been lost"

    for number in range(KNOWN_MAX + 1):
        known.keep(Caller(user_id=people[0].user_id, session_key=f"{number}"), asked_at=8.0)
    assert len(known._known) == KNOWN_MAX
    assert people[0].user_id is not None
    known.forget(people[0].user_id, "")
    assert known._known == {} and known._keys_of == {}
