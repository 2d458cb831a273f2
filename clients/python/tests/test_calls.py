"""Commands: answered, refused, or of unknown outcome; and done once, however often they are sent."""

import asyncio
import json
from typing import Any

import pytest
from conftest import Stage
from fake_server import ADA, BEN, PROBLEM, Frame, Visit
from touchline_client import CallRefused, Client, FrameTooLarge, NotConnected, OutcomeUnknown
from touchline_client.generated.commands import PlaceSlipCommand

SLIP: PlaceSlipCommand = {"stake": "5.00", "currency": "PLY", "legs": [{"selection_id": "s", "odds": "2.00"}]}


def call(client: Client, key: str | None = None, **options: Any) -> asyncio.Task[Any]:
    return asyncio.create_task(client.call("place_slip", SLIP, key=key, **options))


async def reply(visit: Visit, to: Frame, **members: Any) -> None:
    await visit.say({"op": "reply", "ref": to["id"], **members})


async def outcome_of(task: asyncio.Task[Any]) -> BaseException:
    await asyncio.wait([task])
    outcome = task.exception()
    assert outcome is not None
    return outcome


async def test_a_command_has_its_name_its_key_and_its_answer(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    placing = call(client, "k")
    frame = await visit.next("call")
    await reply(visit, frame, ok={"id": "slip"})

    assert frame | {"id": 0} == {"op": "call", "id": 0, "name": "place_slip", "key": "k", "args": SLIP}
    assert await placing == {"id": "slip"}


async def test_answers_find_their_calls_in_any_order_and_each_has_a_key_of_its_own(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    calls = [call(client) for _ in range(3)]
    frames = [await visit.next("call") for _ in range(3)]
    for frame in reversed(frames):
        await reply(visit, frame, ok={"key": frame["key"]})

    keys = [frame["key"] for frame in frames]
    assert len(set(keys)) == 3
    assert [(await each)["key"] for each in calls] == keys


async def test_a_refusal_says_why(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    placing = call(client)
    problem = PROBLEM | {"code": "limit_exceeded", "status": 422, "limit": "10.00", "retryable": True}
    await reply(visit, await visit.next("call"), error=problem)
    with pytest.raises(CallRefused) as refused:
        await placing

    assert (refused.value.code, refused.value.status, refused.value.is_retryable) == ("limit_exceeded", 422, True)
    assert (refused.value.name, refused.value.problem["limit"], str(refused.value)) == ("place_slip", "10.00", "No")


async def test_a_request_that_could_not_be_read_is_refused_too(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    placing = call(client)
    frame = await visit.next("call")
    await visit.say({"op": "error", **PROBLEM, "code": "validation_error", "ref": frame["id"]})

    assert isinstance(await outcome_of(placing), CallRefused)


async def test_a_refusal_of_nothing_in_particular_is_told_apart(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    codes: list[str] = []
    client.on("refusal", lambda refusal: codes.append(refusal["code"]))
    await visit.say({"op": "error", **PROBLEM})
    await client.ping()

    assert codes == ["forbidden"]


async def test_a_lost_answer_leaves_the_outcome_unknown_and_the_same_key_asks_again(stage: Stage) -> None:
    client, first = await stage.start(ADA)
    placing = call(client, "k")
    await first.next("call")
    first.cut()
    outcome = await outcome_of(placing)
    assert isinstance(outcome, OutcomeUnknown)
    assert (outcome.name, outcome.key, outcome.reason) == ("place_slip", "k", "connection_lost")

    second = await stage.come_back(client, ADA)
    again = call(client, outcome.key)
    frame = await second.next("call")
    await reply(second, frame, ok={"id": "slip"})
    assert (frame["key"], await again) == ("k", {"id": "slip"})


async def test_a_call_may_repeat_itself_with_its_key(stage: Stage) -> None:
    client, first = await stage.start(ADA)
    placing = call(client, repeat=True)
    key = (await first.next("call"))["key"]
    first.cut()
    await stage.lost(1)
    second = await stage.come_back(client, ADA)
    frame = await second.next("call")
    await reply(second, frame, ok={"id": "slip"})

    assert (frame["key"], await placing) == (key, {"id": "slip"})


async def test_a_call_that_repeats_also_waits_for_the_first_connection(stage: Stage) -> None:
    client = stage.open()
    placing = call(client, repeat=True)
    visit = await stage.welcome(client, ADA)
    await reply(visit, await visit.next("call"), ok={"id": "slip"})

    assert await placing == {"id": "slip"}


async def test_others_are_known_not_to_be_sent_without_a_connection(stage: Stage) -> None:
    client = stage.open()

    assert isinstance(await outcome_of(call(client)), NotConnected)
    assert isinstance(await outcome_of(call(Client("ws://127.0.0.1:1/"))), NotConnected)


@pytest.mark.parametrize("who", [BEN, None])
async def test_nothing_is_repeated_in_the_name_of_somebody_else(stage: Stage, who: Frame | None) -> None:
    client, first = await stage.start(ADA)
    placing = call(client, repeat=True)
    await first.next("call")
    first.cut()
    await stage.lost(1)
    second = await stage.come_back(client, who)

    assert isinstance(await outcome_of(placing), OutcomeUnknown)
    assert second.of("call") == []


async def test_no_answer_in_time_leaves_the_outcome_unknown_and_a_late_one_changes_nothing(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    placing = call(client, timeout_s=2.0)
    frame = await visit.next("call")
    await stage.clock.advance(2)
    outcome = await outcome_of(placing)
    await reply(visit, frame, ok={})
    await client.ping()

    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.reason == "no_answer_in_time"


async def test_a_call_that_waited_in_vain_for_a_connection_was_never_sent(stage: Stage) -> None:
    client = stage.open()
    placing = call(client, repeat=True, timeout_s=2.0)
    await (await stage.server.visit()).next("hello")
    await stage.clock.advance(2)

    assert isinstance(await outcome_of(placing), NotConnected)


@pytest.mark.parametrize("end", ["final code", "close"])
async def test_calls_end_with_the_client(stage: Stage, end: str) -> None:
    client, visit = await stage.start(ADA)
    placing = call(client, repeat=True)
    await visit.next("call")
    if end == "close":
        await client.close()
    else:
        await visit.leave(4423)

    assert isinstance(await outcome_of(placing), OutcomeUnknown)


async def test_more_commands_than_the_server_takes_at_once_wait_for_their_turn(stage: Stage) -> None:
    client = stage.open()
    visit = await stage.welcome(client, ADA, calls_in_flight=2)
    calls = [call(client, key) for key in "abc"]
    frames = [await visit.next("call"), await visit.next("call")]
    await client.ping()
    assert [frame["key"] for frame in visit.of("call")] == ["a", "b"]
    await reply(visit, frames[1], ok={"id": "b"})
    assert (await visit.next("call"))["key"] == "c"
    calls.append(call(client, "d"))
    await client.ping()
    visit.cut()

    assert await calls[1] == {"id": "b"}
    outcomes = [await outcome_of(calls[number]) for number in (0, 2, 3)]
    assert [type(each) for each in outcomes] == [OutcomeUnknown, OutcomeUnknown, NotConnected]


async def test_a_cancelled_call_makes_room_for_the_next(stage: Stage) -> None:
    client = stage.open()
    visit = await stage.welcome(client, ADA, calls_in_flight=1)
    first, second = call(client, "a"), call(client, "b")
    await visit.next("call")
    first.cancel()
    frame = await visit.next("call")
    await reply(visit, frame, ok={"id": frame["key"]})

    assert await second == {"id": "b"}


async def test_a_frame_the_server_would_close_the_socket_over_is_not_sent(stage: Stage) -> None:
    client, visit = await stage.start(ADA)
    body = "⚽" * 6_000
    with pytest.raises(FrameTooLarge) as refused:
        await client.call("send_message", {"conversation_id": "c", "body": body}, key="k")
    await client.ping()

    frame = {"op": "call", "name": "send_message", "key": "k", "args": {"conversation_id": "c", "body": body}}
    size = len(json.dumps(frame | {"id": 2**53}, ensure_ascii=False, separators=(",", ":")).encode())
    assert (refused.value.size, refused.value.limit) == (size, 16_384)
    assert visit.of("call") == []
