"""Short ways to price matches, place slips and listen to topics in tests, always through the real actions."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from celery import current_app

from accounts.models import User
from betting.actions.place_slip import place_slip
from betting.actions.reprice_event import reprice_event
from betting.events import SlipsAccepted
from betting.models import BetLeg, BetSlip, ExposureDelta, Selection
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from payments.actions.wallets import open_wallets
from payments.core.postings import HouseAccount
from payments.models import Transfer
from payments.queries.accounts import get_house_balance_minor
from payments.queries.wallets import get_wallet
from project.kit.bus import channel_of
from project.kit.models import IdempotentReply, OutboxChange, RecordedEvent
from project.kit.money import format_milli
from project.kit.redis import redis_client
from sports.actions import advance_clock, record_incident, resume_betting
from sports.core.match_state import Side
from sports.models import Event
from tests.bus import read_message
from tests.sports.matches import make_event, make_live_event

_keys = itertools.count(1)


def new_key() -> str:
    return f"key-{next(_keys)}"


def make_priced_event(**arguments: Any) -> Event:
    """A scheduled match with all its prices."""
    event = make_event(**arguments)
    reprice_event(event_id=event.pk)
    return event


def make_live_priced_event(**arguments: Any) -> Event:
    """A match that has kicked off, priced for its first minute."""
    event = make_live_event(**arguments)
    tick(event, 1)
    return event


def tick(event: Event, minute: int) -> None:
    """A minute passes and the prices follow."""
    advance_clock(event_id=event.pk, minute=minute)
    reprice_event(event_id=event.pk)


def goal(event: Event, side: Side, minute: int) -> None:
    """A goal, the prices after it, and betting open again."""
    record_incident(event_id=event.pk, incident_type="goal", side=side, minute=minute)
    reprice_event(event_id=event.pk)
    resume_betting(event_id=event.pk)
    reprice_event(event_id=event.pk)


def selection_of(event: Event, key: str, outcome: str) -> Selection:
    return Selection.objects.select_related("market").get(market__event_id=event.pk, market__key=key, outcome=outcome)


def command_for(selection: Selection, stake: str = "10.00", **changes: Any) -> PlaceSlipCommand:
    """A single at the price that stands in `selection`, which may be older than the database."""
    assert selection.odds_milli is not None
    leg = {"selection_id": str(selection.id), "odds": format_milli(selection.odds_milli)}
    document = {"stake": stake, "currency": "PLY", "price_policy": "none", "legs": [leg]}
    return PlaceSlipCommand.model_validate(document | changes)


def bet(user: User, selection: Selection, stake: str = "10.00", *, key: str = "", **changes: Any) -> SlipReply:
    return place_slip(user_id=user.id, command=command_for(selection, stake, **changes), key=key or new_key())


def fund(user: User) -> int:
    """Open the wallets; answers the practice funds in minor units."""
    open_wallets(user_id=user.id)
    return available(user)


def available(user: User) -> int:
    return get_wallet(user.id, "PLY").available_minor


def open_stakes() -> int:
    return get_house_balance_minor(HouseAccount.OPEN_STAKES, "PLY")


def revenue() -> int:
    return get_house_balance_minor(HouseAccount.HOUSE_REVENUE, "PLY")


def stakes_of_open_slips() -> int:
    return sum(BetSlip.objects.filter(status="accepted").values_list("stake_minor", flat=True))


def everything(user: User) -> dict[str, int]:
    """Whatever a slip would move or write."""
    return {
        "available": available(user),
        "open_stakes": open_stakes(),
        "slips": BetSlip.objects.count(),
        "legs": BetLeg.objects.count(),
        "exposure": ExposureDelta.objects.count(),
        "transfers": Transfer.objects.count(),
        "changes": OutboxChange.objects.count(),
        "keys": IdempotentReply.objects.count(),
        "events": RecordedEvent.objects.filter(type=SlipsAccepted.TYPE).count(),
    }


class Ear:
    """Hears what is published on topics, as the hub would."""

    def __init__(self, topics: list[str]) -> None:
        self._pubsub = redis_client().pubsub()  # type: ignore[no-untyped-call]  # redis ships no type for it
        self._pubsub.subscribe(*(channel_of(topic) for topic in topics), "test:mark")
        self._read_until(lambda message: message["channel"] == b"test:mark")

    def hear(self) -> list[dict[str, Any]]:
        """The messages since the last call, in order."""
        redis_client().publish("test:mark", b"")
        heard = self._read_until(lambda message: message["type"] == "message" and message["channel"] == b"test:mark")
        return [read_message(message["data"]) for message in heard if message["type"] == "message"]

    def close(self) -> None:
        self._pubsub.close()

    def _read_until(self, is_last: Any) -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []
        while True:
            message = self._pubsub.get_message(timeout=5.0)
            assert message is not None, "nothing more was published"
            if is_last(message):
                return heard
            heard.append(message)


@contextmanager
def listening(*topics: str) -> Iterator[Ear]:
    ear = Ear(list(topics))
    try:
        yield ear
    finally:
        ear.close()


def apply_message(values: dict[str, tuple[int, Any]], message: dict[str, Any]) -> None:
    """The client's rule: newer versions replace, null removes."""
    for key, version, value in message["k"]:
        known = values.get(key)
        if known is None or version > known[0]:
            values[key] = (version, value)


def prices_topic(event_id: UUID) -> str:
    return f"event:{event_id}:prices"


class Queue:
    """Stands where Celery's broker does: keeps what was enqueued, and runs it when told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any], str]] = []

    def send_task(self, name: str, *, kwargs: dict[str, Any], queue: str, retry: bool) -> None:
        self.sent.append((name, json.loads(json.dumps(kwargs)), queue))

    def run(self) -> None:
        """Run what is waiting, as a worker would, until nothing is."""
        while self.sent:
            name, kwargs, _ = self.sent.pop(0)
            import_module(f"{name.partition('.')[0]}.tasks")
            current_app.tasks[name](**kwargs)


@contextmanager
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    queue = Queue()
    with monkeypatch.context() as patch:
        patch.setattr("project.kit.jobs.current_app", queue)
        yield queue
