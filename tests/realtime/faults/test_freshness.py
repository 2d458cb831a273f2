"""What is not known to be current is never called live: hubs say so, to whoever listens and to whoever comes."""

from typing import Any

import pytest

from project.kit.errors import TemporarilyUnavailable
from realtime.hub import checks
from realtime.hub.freshness import COMPARED_WITHIN_S, Freshness
from realtime.hub.hub import Hub
from realtime.identity import Identity
from realtime.welcome import send_welcome
from tests.realtime.channels import MemoryWriter


def judged(freshness: Freshness, *, at: float, is_bus_whole: bool = True) -> bool:
    freshness.judge(is_bus_whole=is_bus_whole, at=at)
    return freshness.is_delayed


def test_values_are_delayed_while_the_bus_is_away_and_until_they_were_compared_after_it() -> None:
    freshness = Freshness(at=100.0)

    assert judged(freshness, at=101.0) is False
    assert judged(freshness, at=101.0, is_bus_whole=False) is True
    freshness.note_return(at=102.0)
    assert judged(freshness, at=102.1) is True
    freshness.note_comparison(began_at=101.9)
    assert judged(freshness, at=102.2) is True, "what this comparison read may have been missed after it"
    freshness.note_comparison(began_at=102.0)
    assert judged(freshness, at=102.3) is False


def test_values_are_delayed_when_no_comparison_has_succeeded_for_a_while() -> None:
    freshness = Freshness(at=100.0)

    assert judged(freshness, at=100.0 + COMPARED_WITHIN_S) is False
    assert judged(freshness, at=100.1 + COMPARED_WITHIN_S) is True
    freshness.note_comparison(began_at=107.0)
    assert judged(freshness, at=107.1) is False


def test_only_a_change_is_told() -> None:
    freshness = Freshness(at=100.0)

    told = [freshness.judge(is_bus_whole=is_whole, at=101.0) for is_whole in (True, False, False, True, True)]

    assert told == [False, True, False, True, False]


def listener(hub: Hub) -> MemoryWriter:
    writer = MemoryWriter()
    connection = hub.open_connection(writer, address="")
    hub.add(connection)
    send_welcome(hub, connection, Identity(connection.caller, None))
    return writer


def delays_in(writer: MemoryWriter) -> list[bool | None]:
    return [frame.get("delayed") for frame in writer.frames if frame["op"] == "heartbeat"]


async def test_everybody_is_told_at_once_and_newcomers_right_after_their_welcome() -> None:
    hub = Hub()
    first = listener(hub)
    hub.freshness.note_return(at=hub.now() + 60)
    hub.judge_freshness()
    hub.judge_freshness()
    late = listener(hub)
    hub.freshness.note_comparison(began_at=hub.now() + 61)
    hub.judge_freshness()

    assert delays_in(first) == [True, None]
    assert delays_in(late) == [True, None]


@pytest.mark.parametrize("is_away", [True, False])
async def test_a_comparison_counts_only_if_postgresql_answered(is_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    hub.freshness.note_return(at=hub.now())

    async def compare(_: Hub) -> list[Any]:
        if is_away:
            raise TemporarilyUnavailable
        return []

    monkeypatch.setattr(checks, "_compare_heads", compare)
    try:
        await checks.compare_with_database(hub)
    except TemporarilyUnavailable:
        assert is_away
    hub.judge_freshness()

    assert hub.freshness.is_delayed is is_away
