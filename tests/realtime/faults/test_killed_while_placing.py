"""kill -9 of a web process with slips at every point of their way: what was answered stays, each key gives one slip."""

import asyncio
import json
import re
import signal
from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from touchline_client.errors import OutcomeUnknown
from touchline_client.testing import Client

from accounts.models import User
from betting.models import BetSlip, Selection
from betting.placement import SECOND_FLUSH_MIN
from betting.queries.audit import list_book_faults
from payments.models import LedgerAccount, Transfer
from payments.queries.wallets import get_wallet
from project.devstack.postgres import DATABASE
from project.kit.models import IdempotentReply, OutboxChange, StreamHead
from project.kit.streams import note_listeners
from tests.betting.desk import available, command_for, fund, make_priced_event, selection_of
from tests.people import make_person
from tests.realtime.faults.stack import Stack
from tests.realtime.faults.watching import until
from tests.realtime.processes import session_key_of
from tests.realtime.rfc6455.wire import Wire
from tests.realtime.test_slip_route_server import post, read_answer

STAKE_MINOR: Final = 1_000


class Bettor:
    """A person who sends slips through both doors; `answered` is what they know of their keys."""

    def __init__(self, stack: Stack, name: str, selection: Selection) -> None:
        self.user: User = make_person(name)
        self.funds = fund(self.user)
        note_listeners([f"user:{self.user.id}"])
        self.command: dict[str, Any] = command_for(selection).model_dump(mode="json")
        self.keys: list[str] = []
        self.answered: dict[str, Any] = {}
        self._stack = stack
        self._session = session_key_of(self.user)

    def open_socket(self) -> Client:
        return self._stack.client(self.user, reconnect=False)

    def send(self, key: str) -> Wire:
        """A slip over HTTP whose answer nobody has read yet."""
        self.keys.append(key)
        return self._send(key)

    def call(self, client: Client, key: str) -> "asyncio.Task[Any]":
        self.keys.append(key)
        return asyncio.create_task(client.call("place_slip", self.command, key=key))

    async def know(self, client: Client) -> None:
        """A slip through each door, with its answer."""
        self.answered["known over the socket"] = await self.call(client, "known over the socket")
        with self.send("known over HTTP") as wire:
            self.answered["known over HTTP"] = read_answer(wire)[2]

    async def send_all_again(self) -> dict[str, Any]:
        """Each key through each door: what all of them answer alike."""
        answers = {}
        async with self.open_socket() as client:
            for key in self.keys:
                answers[key] = await client.call("place_slip", self.command, key=key)
                with self._send(key) as wire:
                    status, _, reply = read_answer(wire)
                assert (status, reply) == (201, answers[key])
        return answers

    def _send(self, key: str) -> Wire:
        wire = Wire(self._stack.web.port)
        wire.send(post(self._stack.web, self._session, json.dumps(self.command).encode(), key))
        return wire


def find_waiting(stack: Stack) -> dict[int, str]:
    """The functions of placement that wait for a row, by their backend. Asked on a connection that sees all changes."""
    with stack.postgres.connect(DATABASE) as other, other.cursor() as cursor:
        cursor.execute("SELECT pid, query FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        found = {row[0]: re.search(r"betting_(read_facts|write_slips)", row[1]) for row in cursor.fetchall()}
    other.close()
    return {process_id: match[0] for process_id, match in found.items() if match}


def list_waiting(stack: Stack) -> list[str]:
    return sorted(find_waiting(stack).values())


def have_gone(stack: Stack, process_ids: Collection[int]) -> bool:
    """Whether backends have ended: with what they were at, and whatever else had been sent to them."""
    with stack.postgres.connect(DATABASE) as other, other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(process_ids)])
        row = cursor.fetchone()
    other.close()
    return row == (0,)


def stand(bettor: Bettor) -> list[str]:
    return [str(slip_id) for slip_id in BetSlip.objects.filter(user=bettor.user).values_list("id", flat=True)]


async def test_a_web_process_killed_while_it_places_slips(stack: Stack) -> None:
    """One batch has yet to decide, one is being written, one slip stands and its answer is unread."""
    home = selection_of(make_priced_event(), "1x2", "home")
    ada, ben, cleo = (Bettor(stack, f"{name}-bets", home) for name in ("ada", "ben", "cleo"))
    async with ada.open_socket() as at_ada, ben.open_socket() as at_ben:
        await ada.know(at_ada)
        await ben.know(at_ben)
        wires = [cleo.send("unread")]
        await until(lambda: len(stand(cleo)) == 1)
        unread = stand(cleo)
        with transaction.atomic():
            LedgerAccount.objects.select_for_update().get(id=get_wallet(ada.user.id, "PLY").account_id)
            StreamHead.objects.select_for_update().get(name=f"user:{ben.user.id}")
            calls = [ada.call(at_ada, "not decided")]
            await until(lambda: list_waiting(stack) == ["betting_read_facts"])
            calls += [ben.call(at_ben, f"written {number} over the socket") for number in range(4)]
            wires += [ben.send(f"written {number} over HTTP") for number in range(SECOND_FLUSH_MIN - len(calls) + 1)]
            await until(lambda: list_waiting(stack) == ["betting_read_facts", "betting_write_slips"])
            wires.append(cleo.send("in memory"))
            placing = find_waiting(stack)
            stack.web.stop(signal.SIGKILL)
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for wire in wires:
        wire.socket.close()
    await until(lambda: have_gone(stack, placing))

    assert {type(outcome) for outcome in outcomes} == {OutcomeUnknown}
    assert stand(cleo) == unread
    assert sorted(stand(ada)) == sorted(answer["id"] for answer in ada.answered.values())
    # Rows travel with their commit, so what was being written stands though nobody is left to say so.
    written = set(stand(ben)) - {answer["id"] for answer in ben.answered.values()}
    assert len(written) == SECOND_FLUSH_MIN

    stack.web.start()
    for bettor in (ada, ben, cleo):
        answers = await bettor.send_all_again()
        assert answers.items() >= bettor.answered.items()
        check_books(bettor, answers)
        assert [answers[key]["id"] for key in bettor.keys if key == "unread"] == (unread if bettor is cleo else [])
        found = {answers[key]["id"] for key in bettor.keys if key.startswith("written")}
        assert found == (written if bettor is ben else set())
    assert list_book_faults() == []


def check_books(bettor: Bettor, answers: dict[str, Any]) -> None:
    """Each key has one slip, one stake, one reply kept and one change told, without a gap in the numbers."""
    ids = sorted(answer["id"] for answer in answers.values())
    assert len(set(ids)) == len(bettor.keys) == len(answers)
    assert sorted(stand(bettor)) == ids
    kept = IdempotentReply.objects.filter(owner_id=bettor.user.id).values_list("key", "reply__id")
    assert sorted(kept) == sorted((key, answer["id"]) for key, answer in answers.items())
    stakes = Transfer.objects.filter(kind="stake", ref__in=ids).values_list("ref", "amount_minor")
    assert sorted(stakes) == [(slip_id, STAKE_MINOR) for slip_id in ids]
    assert available(bettor.user) == bettor.funds - STAKE_MINOR * len(ids)
    changes = OutboxChange.objects.filter(stream=f"user:{bettor.user.id}").order_by("seq")
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
    told = [change.payload["slip"]["id"] for change in changes if change.payload["type"] == "slip.placed"]
    assert sorted(told) == ids
