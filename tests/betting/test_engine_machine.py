"""The betting engine against a model of it: random histories of everything that moves money, checked after each step.

The machine calls the real actions on PostgreSQL; `engine_model.py` says in its own algebra what must come of it. A
crash is a transaction that is rolled back after all its work, and then tried again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from betting.actions.cash_out import quote_cash_out, take_cash_out
from betting.actions.place_slip import place_slip
from betting.actions.pools.settle_pool import cancel_pool, settle_pool_by_results
from betting.actions.set_results import (
    Order,
    add_deduction,
    roll_back_results,
    set_cancel_window,
    set_results,
    undo_cancel_window,
    undo_deduction,
)
from betting.actions.settle_event import settle_event
from betting.errors import CashOutUnavailable, PoolClosed
from betting.models import BetSlip, CashOutQuote, FreeBet, Selection
from betting.schemas.cash_outs import QuoteCashOutCommand
from betting.schemas.pools import PoolEntryReply
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from project.kit import clock
from project.kit.errors import IdempotencyKeyReused, InsufficientFunds
from project.kit.money import format_milli, format_minor
from tests.betting.desk import new_key
from tests.betting.engine_model import ModelLeg, ModelMarket, ModelSelection, ModelSlip, Outcome
from tests.betting.engine_world import PEOPLE, Crash, World, check_all, grade_of, outcomes, part_of_the_test, refs
from tests.betting.pools import stake as stake_in_pool
from tests.payments.books import issuance, move, wallet_of

pytestmark = pytest.mark.django_db

SLIPS_AT_FIRST: Final = 4
PROFILE: Final = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    print_blob=True,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a shrink takes minutes: by hand, with Phase.shrink added
    suppress_health_check=list(HealthCheck),
)
lateness = st.sampled_from([0, 0, 0, 1, 5])
stakes = st.one_of(st.integers(10, 5_000), st.integers(10, 30_000))
shapes = st.sampled_from(["single", "single", "accumulator", "system", "banker", "trixie"])


class Engine(RuleBasedStateMachine):
    """One history. A subclass names the world it happens in."""

    world: World

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Some slips stand from the start: a history without any proves nothing."""
        self._example = part_of_the_test()
        self._example.__enter__()
        self.model = self.world.model()
        self.sent: list[tuple[int, PlaceSlipCommand, str, SlipReply]] = []
        self.began = clock.now()
        self.is_crashing = False
        self.newest = 0
        for _ in range(SLIPS_AT_FIRST):
            legs = self._draw_legs(data, data.draw(st.integers(1, 2)))
            shape = "single" if len(legs) == 1 else data.draw(st.sampled_from(["accumulator", "system"]))
            self._place(
                data.draw(st.integers(0, PEOPLE - 1)), shape, legs, data.draw(stakes), None, data.draw(st.booleans())
            )

    def teardown(self) -> None:
        if hasattr(self, "_example"):
            transaction.set_rollback(True)
            self._example.__exit__(None, None, None)

    def act(self, action: Callable[[], Any]) -> Any:
        """Run an action of the engine; after `crash`, once for nothing first."""
        if self.is_crashing:
            self.is_crashing = False
            with pytest.raises(Crash), part_of_the_test():
                action()
                raise Crash
            self.everything_is_as_the_model_says()
        with part_of_the_test():
            return action()

    @rule()
    def crash(self) -> None:
        self.is_crashing = True

    # Money in ------------------------------------------------------------------------------------------------------
    @rule(person=st.integers(0, PEOPLE - 1), amount=st.integers(1, 5_000))
    def deposit(self, person: int, amount: int) -> None:
        self.act(lambda: move(issuance(), wallet_of(self.world.people[person].id), amount, f"grant:{next(refs)}"))
        self.model.wallets[person] += amount

    @rule(person=st.integers(0, PEOPLE - 1), amount=st.integers(10, 2_000))
    def give_free_bet(self, person: int, amount: int) -> None:
        token = FreeBet.objects.create(
            user=self.world.people[person],
            currency="PLY",
            amount_minor=amount,
            status="available",
            reason="Welcome",
            grant_key=str(next(refs)),
            granted_at=clock.now(),
            expires_at=clock.now() + timedelta(days=1),
        )
        self.model.tokens[len(self.model.tokens)] = (person, amount, token.id)

    # Slips ---------------------------------------------------------------------------------------------------------
    @rule(data=st.data(), shape=shapes, stake=stakes, is_each_way=st.booleans())
    def place(self, data: st.DataObject, shape: str, stake: int, is_each_way: bool) -> None:
        person = data.draw(st.integers(0, PEOPLE - 1))
        legs = self._draw_legs(data, 1 if shape == "single" else 3 if shape in ("trixie", "banker") else 2)
        if legs:
            self._place(person, shape, legs, stake, None, is_each_way)

    @precondition(lambda self: any(self.model.is_token_free(token) for token in self.model.tokens))
    @rule(data=st.data(), shape=shapes)
    def place_free_bet(self, data: st.DataObject, shape: str) -> None:
        token = data.draw(st.sampled_from([one for one in self.model.tokens if self.model.is_token_free(one)]))
        person, amount, _ = self.model.tokens[token]
        legs = self._draw_legs(data, 1 if shape == "single" else 3 if shape in ("trixie", "banker") else 2)
        if legs:
            self._place(person, shape, legs, amount, token, False)

    def _draw_legs(self, data: st.DataObject, number: int) -> list[ModelSelection]:
        """Selections that take bets, of as many events; none where there are fewer."""
        open_by_event: dict[UUID, list[ModelSelection]] = {}
        for market in self.model.markets:
            if market.status == "active":
                priced = [selection for selection in market.selections if selection.odds_milli is not None]
                open_by_event.setdefault(market.event_id, []).extend(priced)
        choices = [selections for selections in open_by_event.values() if selections]
        if len(choices) < number:
            return []
        chosen = data.draw(st.permutations(choices))[:number]
        return [data.draw(st.sampled_from(selections)) for selections in chosen]

    def _place(
        self, person: int, shape: str, legs: list[ModelSelection], stake: int, token: int | None, is_each_way: bool
    ) -> None:
        bankers = 1 if shape == "banker" else 0
        sizes = {"single": [1], "accumulator": [2], "system": [1, 2], "banker": [1, 2], "trixie": [2, 3]}[shape]
        struck = [
            ModelLeg(selection, selection.odds_milli or 0, place < bankers) for place, selection in enumerate(legs)
        ]
        command = PlaceSlipCommand.model_validate(
            {
                "stake": format_minor(stake, "PLY"),
                "currency": "PLY",
                "bet_type": "system" if shape == "banker" else shape,
                "line_sizes": sizes if shape in ("system", "banker") else None,
                "is_each_way": is_each_way,
                "free_bet_id": None if token is None else str(self.model.tokens[token][2]),
                "legs": [
                    {
                        "selection_id": str(leg.selection.id),
                        "odds": format_milli(leg.odds_milli),
                        "is_banker": leg.is_banker,
                    }
                    for leg in struck
                ],
            }
        )
        key = new_key()
        user_id = self.world.people[person].id
        if token is None and stake > self.model.wallets[person]:
            with pytest.raises(InsufficientFunds):
                self.act(lambda: place_slip(user_id=user_id, command=command, key=key))
            return
        reply: SlipReply = self.act(lambda: place_slip(user_id=user_id, command=command, key=key))
        slip = ModelSlip(
            reply.id, person, struck, sizes, is_each_way, token, stake, 0, BetSlip.objects.get(id=reply.id).placed_at
        )
        slip.promised = slip.promise()
        self.model.slips.append(slip)
        self.model.wallets[person] -= stake if token is None else 0
        self.sent.append((person, command, key, reply))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        person, command, key, reply = data.draw(st.sampled_from(self.sent))
        assert (
            self.act(lambda: place_slip(user_id=self.world.people[person].id, command=command, key=key)).to_json()
            == reply.to_json()
        )

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_another_under_the_same_key(self, data: st.DataObject) -> None:
        person, command, key, _ = data.draw(st.sampled_from(self.sent))
        other = command.model_copy(update={"stake": format_minor(4_321, "PLY")})
        with pytest.raises(IdempotencyKeyReused):
            self.act(lambda: place_slip(user_id=self.world.people[person].id, command=other, key=key))

    @rule(data=st.data(), odds=st.sampled_from([1_500, 1_850, 2_100, 2_620, 3_750]))
    def move_price(self, data: st.DataObject, odds: int) -> None:
        priced = [one for market in self.model.markets for one in market.selections if one.odds_milli is not None]
        if priced:
            selection = data.draw(st.sampled_from(priced))
            selection.odds_milli = odds
            Selection.objects.filter(id=selection.id).update(odds_milli=odds)

    @precondition(lambda self: self.model.slips)
    @rule(data=st.data(), is_full=st.booleans())
    def cash_out(self, data: st.DataObject, is_full: bool) -> None:
        running = [slip for slip in self.model.slips if slip.status == "accepted"]
        slip = data.draw(st.sampled_from(running or self.model.slips))
        part = slip.remaining if is_full else data.draw(st.integers(1, max(1, slip.remaining)))
        offer = slip.find_offer(part)
        row = BetSlip.objects.get(id=slip.id)
        asked = QuoteCashOutCommand(stake=None if is_full else format_minor(part, "PLY"))
        if not offer:
            with pytest.raises(CashOutUnavailable):
                quote_cash_out(slip=row, command=asked)
            return
        quote = CashOutQuote.objects.get(id=quote_cash_out(slip=row, command=asked).id)
        assert quote.offer_minor == offer
        key = new_key()
        first = self.act(lambda: take_cash_out(quote=quote, key=key))
        assert self.act(lambda: take_cash_out(quote=quote, key=key)).to_json() == first.to_json()
        slip.remaining -= part
        slip.status = "accepted" if slip.remaining else "cashed_out"
        self.model.wallets[slip.person] += offer

    # Results -------------------------------------------------------------------------------------------------------
    def _order(self, produced: int) -> Order:
        return Order("Official", self.began + timedelta(minutes=produced))

    def _time_of_news(self, minutes_late: int) -> int:
        """Mostly newer than all before; made earlier than that where it comes late."""
        self.newest += 1
        return max(0, self.newest - minutes_late)

    def _draw_market(self, data: st.DataObject) -> ModelMarket:
        """Mostly one that somebody bet on."""
        bet_on = {leg.selection.market.id for slip in self.model.slips for leg in slip.legs}
        likely = [market for market in self.model.markets if market.id in bet_on]
        return data.draw(st.sampled_from([*likely, *likely, *self.model.markets]))

    @rule(data=st.data(), late=lateness, is_whole=st.booleans())
    def bring_results(self, data: st.DataObject, late: int, is_whole: bool) -> None:
        """First results, corrections, and stale ones: which it is depends on the time they were made."""
        market, produced = self._draw_market(data), self._time_of_news(late)
        which = market.selections if is_whole else [data.draw(st.sampled_from(market.selections))]
        self._bring(market, {selection.id: data.draw(outcomes) for selection in which}, produced)

    def _bring(self, market: ModelMarket, news: dict[UUID, Outcome], produced: int) -> None:
        grades = {selection_id: grade_of(outcome) for selection_id, outcome in news.items()}
        order = self._order(produced)
        changed = self.act(lambda: set_results(market_id=market.id, grades=grades, order=order))
        assert changed == self.model.take_news(market, news, produced)
        assert set_results(market_id=market.id, grades=grades, order=order) == 0

    @rule(data=st.data(), late=lateness)
    def roll_back(self, data: st.DataObject, late: int) -> None:
        market, produced = self._draw_market(data), self._time_of_news(late)
        changed = self.act(lambda: roll_back_results(market_id=market.id, order=self._order(produced)))
        assert changed == self.model.take_news(market, dict.fromkeys(one.id for one in market.selections), produced)

    def _moments(self) -> list[datetime]:
        return [*(slip.placed_at for slip in self.model.slips), self.began + timedelta(days=1)]

    @rule(data=st.data(), late=lateness, is_active=st.booleans())
    def cancel_or_undo(self, data: st.DataObject, late: int, is_active: bool) -> None:
        market, produced = self._draw_market(data), self._time_of_news(late)
        is_known: bool = bool(market.windows) and data.draw(st.booleans())
        if is_known:
            start, end = data.draw(st.sampled_from(sorted(market.windows, key=str)))
        else:
            start = data.draw(st.sampled_from([None, *self._moments()]))
            later = [moment for moment in self._moments() if start is None or moment > start]
            end = data.draw(st.sampled_from([None, *later]))
        change = set_cancel_window if is_active else undo_cancel_window
        order = self._order(produced)
        self.act(lambda: change(market_id=market.id, starts_at=start, ends_at=end, order=order))
        self.model.move_window(market, (start, end), produced, is_active=is_active)

    @rule(data=st.data(), percent=st.sampled_from([5, 25, 75]))
    def deduct(self, data: st.DataObject, percent: int) -> None:
        market = data.draw(st.sampled_from(self.model.markets))
        before = data.draw(st.sampled_from(self._moments()))
        arguments: dict[str, Any] = {"market_id": market.id, "percent": percent, "placed_before": before}
        deduction = self.act(lambda: add_deduction(**arguments, withdrawn_selection_id=None, order=self._order(50)))
        if deduction.id not in market.deductions:
            market.deductions[deduction.id] = (percent, before)
            self.model.news.add(market.event_id)

    @precondition(lambda self: any(market.deductions for market in self.model.markets))
    @rule(data=st.data())
    def undo_deduction(self, data: st.DataObject) -> None:
        market = data.draw(st.sampled_from([market for market in self.model.markets if market.deductions]))
        deduction = data.draw(st.sampled_from(list(market.deductions)))
        self.act(lambda: undo_deduction(deduction_id=deduction, order=self._order(51)))
        del market.deductions[deduction]
        self.model.news.add(market.event_id)

    @rule(data=st.data(), batch=st.integers(1, 5), is_all=st.booleans())
    def settle(self, data: st.DataObject, batch: int, is_all: bool) -> None:
        events = list(self.world.events) if is_all else [data.draw(st.sampled_from(self.world.events))]
        for event in events:
            self._settle(event.pk, batch)

    def _settle(self, event_id: UUID, batch: int) -> None:
        self.act(lambda: settle_event(event_id=event_id, batch_slips=batch))
        self.model.settle([event_id])
        assert settle_event(event_id=event_id, batch_slips=batch) == 0

    @rule(data=st.data(), late=lateness, batch=st.integers(1, 5))
    def play(self, data: st.DataObject, late: int, batch: int) -> None:
        """Results of a whole market and their settlement: what most matches come to."""
        market, produced = self._draw_market(data), self._time_of_news(late)
        self._bring(market, {selection.id: data.draw(outcomes) for selection in market.selections}, produced)
        self._settle(market.event_id, batch)

    # Pools ---------------------------------------------------------------------------------------------------------
    @rule(data=st.data(), amount=st.integers(100, 3_000))
    def stake_in_pool(self, data: st.DataObject, amount: int) -> None:
        number = data.draw(st.integers(0, len(self.model.pools) - 1))
        pool, row = self.model.pools[number], self.world.pools[number]
        selection = data.draw(st.sampled_from(pool.market.selections))
        person = data.draw(st.integers(0, PEOPLE - 1))
        chosen = Selection.objects.get(id=selection.id)
        text, key = format_minor(amount, "PLY"), new_key()

        def buy() -> PoolEntryReply:
            return stake_in_pool(self.world.people[person], row, chosen, text, key=key)

        if pool.status != "open" or pool.market.status == "settled" or selection.outcome is not None:
            with pytest.raises(PoolClosed):
                self.act(buy)
        elif amount > self.model.wallets[person]:
            with pytest.raises(InsufficientFunds):
                self.act(buy)
        else:
            assert self.act(buy).to_json() == buy().to_json()
            pool.tickets.append((person, selection, amount))
            pool.paid.append(0)
            self.model.wallets[person] -= amount

    @rule(number=st.integers(0, 2))
    def settle_pool(self, number: int) -> None:
        pool = self.model.pools[number]
        self.act(lambda: settle_pool_by_results(pool_id=pool.id))
        self.model.settle_pool(pool)
        assert settle_pool_by_results(pool_id=pool.id) is False

    @rule(number=st.integers(0, 2), is_meant=st.sampled_from([False, False, False, True]))
    def cancel_pool(self, number: int, is_meant: bool) -> None:
        pool = self.model.pools[number]
        if not is_meant or pool.status != "open":
            return
        self.act(lambda: cancel_pool(pool_id=pool.id, actor_id=self.world.people[0].id, reason="Called off"))
        self.model.pay_pool(pool, [stake for _, _, stake in pool.tickets])
        pool.status = "cancelled"

    # What must hold ------------------------------------------------------------------------------------------------
    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if hasattr(self, "model"):
            check_all(self.world, self.model)


def run_machine(world: World, profile: settings = PROFILE) -> None:
    """Let random histories happen in a world. Raises the first difference from the model."""
    machine = type("EngineInThisWorld", (Engine,), {"world": world})
    run_state_machine_as_test(machine, settings=profile)


def test_any_history_comes_to_what_the_model_says() -> None:
    run_machine(World())
