"""A match with prices and two people who talk: real actions that move topics of every kind while servers die."""

import asyncio
import itertools
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, connections

from betting.actions.market_status import resume_market, suspend_market
from betting.models import Market, MarketStatus
from community.actions.conversations import send_message, start_conversation
from project.kit.errors import AppError
from sports.actions import record_incident
from tests.betting.desk import make_live_priced_event, tick
from tests.people import make_person

EVERY_S = 0.02
WAIT_S = 20.0
_numbers = itertools.count(1)


class Scene:
    """`ada` is written to by `ben`, and both watch a match."""

    def __init__(self) -> None:
        number = next(_numbers)
        self.ada, self.ben = (make_person(f"{name}{number}") for name in ("ada", "ben"))
        self.desk = make_person(f"desk{number}", "ADMIN")
        self.event = make_live_priced_event()
        self.conversation = start_conversation(starter_id=self.ben.id, other_id=self.ada.id)
        self.markets = list(Market.objects.filter(event_id=self.event.pk).order_by("sort").values_list("id", flat=True))

    @property
    def sequenced(self) -> tuple[str, str]:
        return f"user:{self.ada.id}", f"event:{self.event.pk}:incidents"

    @property
    def conflated(self) -> tuple[str, str]:
        return f"event:{self.event.pk}:prices", f"event:{self.event.pk}:scoreboard"

    def move(self, number: int) -> None:
        """A message, a card, a market stopped or opened; now and then a minute passes."""
        send_message(conversation_id=self.conversation.id, sender_id=self.ben.id, body=f"message {number}")
        minute = min(1 + number // 10, 45)
        record_incident(event_id=self.event.pk, incident_type="yellow_card", side="home", minute=minute)
        self._toggle(self.markets[number % len(self.markets)])
        if number % 5 == 0:
            tick(self.event, minute)

    def _toggle(self, market_id: UUID) -> None:
        market = Market.objects.get(id=market_id)
        change = suspend_market if market.status == MarketStatus.ACTIVE else resume_market
        change(actor_id=self.desk.id, market_id=market.id, reason="Test")


class Moving:
    """Moves a scene from a thread of its own while the block lasts. A server that is away costs a move, no more."""

    def __init__(self, move: Callable[[int], None]) -> None:
        self._move = move
        self._is_over = threading.Event()
        self._has_moved = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="moving")
        self._error: Exception | None = None
        self.count = 0  # of moves that were committed
        self.failures = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error

    async def go_on(self, moves: int) -> None:
        """Wait until so many more are committed, whoever hears of them."""
        wanted = self.count + moves
        assert await asyncio.to_thread(self._wait, wanted)

    def _wait(self, count: int) -> bool:
        with self._has_moved:
            return self._has_moved.wait_for(lambda: self.count >= count, WAIT_S)

    def _run(self) -> None:
        try:
            for number in itertools.count(1):
                if self._is_over.wait(EVERY_S):
                    return
                self._try(number)
        finally:
            connections.close_all()

    def _try(self, number: int) -> None:
        try:
            self._move(number)
        except (OperationalError, InterfaceError):
            connection.close()
            self.failures += 1
        except AppError as error:
            self._error = error
            self._is_over.set()
        else:
            with self._has_moved:
                self.count += 1
                self._has_moved.notify_all()
