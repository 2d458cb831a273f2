"""Slips that travel together: each gets its own answer, and no fault of one is borne by the others."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from betting import placement
from betting.actions import place_slip as placing
from betting.actions.place_slip import Placed, place_batch
from betting.actions.slip_requests import SlipRequest, fingerprint_of, request_of
from betting.errors import OddsChanged
from betting.models import BetSlip
from betting.placement import OWN_WAITING_MAX, SECOND_FLUSH_MIN, Batcher, place_each
from betting.schemas.slips import PlaceSlipCommand
from payments.queries.audit import list_ledger_faults
from project.kit import idempotency
from project.kit.errors import IdempotencyKeyReused, InsufficientFunds, NotFound, RateLimited
from tests.betting.desk import available, command_for, fund, make_priced_event, new_key, open_stakes, selection_of


def wanted(user: User, selection: Any, stake: str = "10.00", *, key: str = "", **changes: Any) -> SlipRequest:
    return request_of(user.id, command_for(selection, stake, **changes), key or new_key())


@pytest.mark.django_db
def test_each_slip_of_a_batch_gets_its_own_answer(ada: User, ben: User) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    leg = {"selection_id": str(uuid4()), "odds": "2.00"}
    stale = {"selection_id": str(home.id), "odds": "499.00"}

    answers = place_batch(
        [
            wanted(ada, home, "500.00"),
            wanted(ada, home, legs=[leg]),
            wanted(ada, home, legs=[stale]),
            wanted(ada, home, "450.00", key="twice"),
            wanted(ada, home, "100.00"),
            wanted(ada, home, "450.00", key="twice"),
            wanted(ada, home, "1.00", key="twice"),
            wanted(ben, home),
        ]
    )

    kinds = [type(answer) for answer in answers]
    assert kinds == [
        Placed, NotFound, OddsChanged, Placed, InsufficientFunds, Placed, IdempotencyKeyReused, NotFound
    ]  # fmt: skip
    assert answers[3] == answers[5]
    assert available(ada) == 5_000
    assert open_stakes() == 95_000
    assert BetSlip.objects.count() == 2
    assert list_ledger_faults() == []


@pytest.mark.django_db
def test_a_batch_of_refusals_writes_nothing(ada: User) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")

    [answer] = place_batch([wanted(ada, home, legs=[{"selection_id": str(home.id), "odds": "499.00"}])])

    assert isinstance(answer, OddsChanged)
    assert (BetSlip.objects.count(), open_stakes()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_others_stand_when_one_fails_for_no_reason_of_theirs(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    requests = [wanted(ada, home, "1.00") for _ in range(3)]
    poisoned = requests[1].key
    original = placing._Batch.place

    def fail_on_one(batch: Any, request: SlipRequest) -> Any:
        if request.key == poisoned:
            raise ZeroDivisionError
        return original(batch, request)

    monkeypatch.setattr(placing._Batch, "place", fail_on_one)

    answers = place_each(requests)

    assert [type(answer) for answer in answers] == [Placed, ZeroDivisionError, Placed]
    assert open_stakes() == 200


@pytest.mark.django_db(transaction=True)
def test_what_arrives_together_travels_together_and_one_that_gives_up_is_placed_all_the_same(ada: User) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    requests = [wanted(ada, home, "1.00") for _ in range(50)]

    async def place_all() -> list[Placed | BaseException]:
        batcher = Batcher()
        tasks = [asyncio.ensure_future(batcher.submit(request)) for request in requests]
        await asyncio.sleep(0)
        tasks[7].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(place_all())

    assert [type(answer) for answer in answers].count(Placed) == 49
    assert BetSlip.objects.count() == 50
    assert open_stakes() == 5_000
    assert list_ledger_faults() == []


def wanted_by(number: int) -> SlipRequest:
    """A slip that nobody will place, of somebody who is a number."""
    legs = [{"selection_id": str(UUID(int=1)), "odds": "2.00"}]
    command = PlaceSlipCommand.model_validate({"stake": "1.00", "currency": "PLY", "legs": legs})
    return request_of(UUID(int=number), command, new_key())


def test_a_second_flush_goes_for_many_slips_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    may_answer = threading.Event()
    requests = [wanted_by(number) for number in range(SECOND_FLUSH_MIN + 1)]

    async def place_all() -> list[Placed]:
        loop = asyncio.get_running_loop()
        under_way = asyncio.Semaphore(0)

        def hold(batch: Sequence[SlipRequest]) -> list[Placed]:
            sizes.append(len(batch))
            loop.call_soon_threadsafe(under_way.release)
            may_answer.wait(timeout=20)
            return [Placed("{}", is_delayed=False)] * len(batch)

        monkeypatch.setattr(placement, "place_each", hold)
        batcher = Batcher()
        answers = [batcher.submit(requests[0])]
        await under_way.acquire()
        answers += [batcher.submit(request) for request in requests[1:-1]]
        await asyncio.sleep(0)  # the loop's next turn, in which a flush would go
        few = list(sizes)
        answers.append(batcher.submit(requests[-1]))
        await under_way.acquire()
        many = list(sizes)
        may_answer.set()
        assert (few, many) == ([1], [1, SECOND_FLUSH_MIN])
        return await asyncio.gather(*answers)

    assert len(asyncio.run(place_all())) == len(requests)


def test_one_person_leaves_room_in_each_batch_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many bets somebody sends at once; what is refused is told when to come again, and nothing is kept."""
    batches: list[list[str]] = []

    def place(batch: Sequence[SlipRequest]) -> list[Placed]:
        batches.append([request.user_id for request in batch])
        return [Placed("{}", is_delayed=False)] * len(batch)

    async def place_all() -> None:
        batcher = Batcher()
        answers = [batcher.submit(wanted_by(1)) for _ in range(OWN_WAITING_MAX)]
        for _ in range(2):
            with pytest.raises(RateLimited) as refused:
                batcher.submit(wanted_by(1))
            assert (refused.value.retry_after_s, refused.value.extra) == (1, {"limit": OWN_WAITING_MAX})
        answers.append(batcher.submit(wanted_by(2)))
        await asyncio.gather(*answers)
        await batcher.submit(wanted_by(1))

    monkeypatch.setattr(placement, "place_each", place)
    asyncio.run(place_all())

    one, two = str(UUID(int=1)), str(UUID(int=2))
    assert batches == [[one] * OWN_WAITING_MAX + [two], [one]]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"bet_type": "system", "line_sizes": [1, 2], "stake_kind": "line"},
        {"is_each_way": True, "price_policy": "better"},
        {"free_bet_id": str(UUID(int=7))},
    ],
)
def test_the_fingerprint_written_by_hand_is_that_of_every_command(changes: dict[str, Any]) -> None:
    legs = [
        {"selection_id": str(UUID(int=1)), "odds": "2.5", "is_banker": True, "price_policy": "any"},
        {"selection_id": str(UUID(int=2)), "odds": "1.01"},
    ]
    command = PlaceSlipCommand.model_validate({"stake": "1.50", "currency": "PLY", "legs": legs} | changes)

    assert fingerprint_of(command) == idempotency.fingerprint("place_slip", command)


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_asked_once_in_a_while_whether_it_still_answers(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    asked: list[bool] = []
    monkeypatch.setattr(placement, "close_old_connections", lambda: asked.append(True))
    monkeypatch.setattr(placement, "_connection", placement._Connection())

    for _ in range(3):
        place_each([wanted(ada, home, "1.00")])
    assert len(asked) == 1

    monkeypatch.setattr(placement, "ASK_EVERY_S", -1.0)
    place_each([wanted(ada, home, "1.00")])
    assert len(asked) == 2
    assert open_stakes() == 400
