"""The machine's results: brought, corrected, taken back, called off and deducted from, then settled batch by batch."""

import sys
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from betting.actions.desk_actions import Proposal, apply_action, approve_action, propose_action
from betting.actions.fold_exposure import fold_exposure
from betting.actions.market_status import resume_market
from betting.actions.pools.settle_pool import settle_pool_by_results
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
from project.kit import clock
from project.kit.errors import Forbidden, ValidationFailed, VersionConflict
from tests.betting.engine_markets import ModelMarket, Outcome, Window
from tests.betting.engine_own_rules import OwnRules
from tests.betting.engine_preview import forecast
from tests.betting.engine_world import check_all, grade_of, outcomes

LAST_OUTCOMES: Final = 7  # of no market's number of selections, so that those of a market differ in each history
lateness = st.sampled_from([0, 0, 0, 1, 5])


class ResultRules(OwnRules):
    """What becomes of the bets. Each history ends with the results of all that is left, and their correction."""

    last_outcomes: list[Outcome] | None = None  # a history may be over between its two beginnings

    @initialize(outcomes=st.lists(outcomes, min_size=LAST_OUTCOMES, max_size=LAST_OUTCOMES))
    def know_the_end(self, outcomes: list[Outcome]) -> None:
        self.last_outcomes = outcomes

    def teardown(self) -> None:
        try:
            if self.has_begun and self.last_outcomes is not None and sys.exc_info()[0] is None:
                self._play_to_the_end(0)
                self._play_to_the_end(1)
        finally:
            super().teardown()

    def _play_to_the_end(self, first: int) -> None:
        """Delays end, every market gets its results, every event is settled."""
        last_outcomes = self.last_outcomes
        assert last_outcomes is not None
        self.judge()
        for number, market in enumerate(self.model.markets, start=first):
            each = enumerate(market.selections, start=number)
            news = {selection.id: last_outcomes[place % LAST_OUTCOMES] for place, selection in each}
            self._bring(market, news, self._time_of_news(0))
        for event in self.world.events:
            self._settle(event.pk, 3)
        check_all(self.world, self.model)

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
        self._move_window(market, (start, end), produced, is_active=is_active)

    def _move_window(self, market: ModelMarket, window: Window, produced: int, *, is_active: bool) -> None:
        change = set_cancel_window if is_active else undo_cancel_window
        order = self._order(produced)
        self.act(lambda: change(market_id=market.id, starts_at=window[0], ends_at=window[1], order=order))
        self.model.move_window(market, window, produced, is_active=is_active)

    @precondition(lambda self: any(market.status == "suspended" for market in self.model.markets))
    @rule(data=st.data())
    def open_again(self, data: st.DataObject) -> None:
        """By the desk, unless what is placed from now on may be void."""
        market = data.draw(st.sampled_from([one for one in self.model.markets if one.status == "suspended"]))
        press = partial(resume_market, actor_id=self.world.traders[0].id, market_id=market.id, reason="Looked into")
        if market.has_void_to_come(clock.now()):
            with pytest.raises(VersionConflict):
                self.act(press)
        else:
            self.act(press)
            market.status = "active"

    @rule(data=st.data(), percent=st.sampled_from([5, 25, 75]))
    def deduct(self, data: st.DataObject, percent: int) -> None:
        market = data.draw(st.sampled_from(self.model.markets))
        before = data.draw(st.sampled_from(self._moments()))
        arguments: dict[str, Any] = {"market_id": market.id, "percent": percent, "placed_before": before}
        deduction = self.act(lambda: add_deduction(**arguments, withdrawn_selection_id=None, order=self._order(50)))
        if deduction.id not in market.deductions:
            market.deductions[deduction.id] = (percent, before)
            self.model.change_worth(market)

    @precondition(lambda self: any(market.deductions for market in self.model.markets))
    @rule(data=st.data())
    def undo_deduction(self, data: st.DataObject) -> None:
        market = data.draw(st.sampled_from([market for market in self.model.markets if market.deductions]))
        deduction = data.draw(st.sampled_from(list(market.deductions)))
        self.act(lambda: undo_deduction(deduction_id=deduction, order=self._order(51)))
        del market.deductions[deduction]
        self.model.change_worth(market)

    @rule()
    def fold(self) -> None:
        self.act(fold_exposure)

    @rule(data=st.data(), batch=st.integers(1, 5), is_all=st.booleans())
    def settle(self, data: st.DataObject, batch: int, is_all: bool) -> None:
        events = list(self.world.events) if is_all else [data.draw(st.sampled_from(self.world.events))]
        for event in events:
            self._settle(event.pk, batch)

    def _settle(self, event_id: UUID, batch: int) -> None:
        self.act(lambda: settle_event(event_id=event_id, batch_slips=batch))
        self.model.settle([event_id])
        assert settle_event(event_id=event_id, batch_slips=batch) == 0

    @rule(data=st.data(), late=lateness, batch=st.integers(1, 5), is_after_delays=st.booleans())
    def play(self, data: st.DataObject, late: int, batch: int, is_after_delays: bool) -> None:
        """Results of a whole market and their settlement: what most matches come to."""
        if is_after_delays:
            self.judge()
        market, produced = self._draw_market(data), self._time_of_news(late)
        self._bring(market, {selection.id: data.draw(outcomes) for selection in market.selections}, produced)
        self._settle(market.event_id, batch)

    # The desk ------------------------------------------------------------------------------------------------------
    @rule(data=st.data(), is_roll_back=st.sampled_from([False, False, True]), is_overtaken=st.booleans())
    def propose(self, data: st.DataObject, is_roll_back: bool, is_overtaken: bool) -> None:
        """Results by a trader's proposal: shown exactly, applied once, by two people where it is much; refused where a
        winner is said not to be placed."""
        market, produced = self._draw_market(data), self._time_of_news(0)
        self._settle_pools(market)
        ids = [selection.id for selection in market.selections]
        news = {one: None if is_roll_back else data.draw(outcomes) for one in ids}
        trader, other = (person.id for person in self.world.traders)
        proposal = Proposal(
            "roll_back" if is_roll_back else "settle_market", market.id, payload_of(news), trader, "Seen"
        )
        expected = forecast(self.model, [person.id for person in self.world.people], market, news, produced)
        with clock.frozen(self.began + timedelta(minutes=produced)):
            if expected is None:
                with pytest.raises(VersionConflict):
                    self.act(lambda: propose_action(proposal))
                return
            if any(outcome is not None and outcome.is_winner_unplaced for outcome in news.values()):
                with pytest.raises(ValidationFailed):
                    self.act(lambda: propose_action(proposal))
                return
            action = self.act(lambda: propose_action(proposal))
            assert (action.preview, action.needs_approval) == (expected.preview, expected.needs_approval)
            press = {"actor_id": trader, "action_id": action.id, "reason": "As shown"}
            if expected.needs_approval:
                with pytest.raises(VersionConflict):
                    self.act(lambda: apply_action(**press))
                with pytest.raises(Forbidden):
                    self.act(lambda: approve_action(**press))
                self.act(lambda: approve_action(**press | {"actor_id": other}))
            if not is_overtaken:
                self.act(lambda: apply_action(**press))
                assert self.model.take_news(market, news, produced)
        if is_overtaken:
            self._bring(market, {one: data.draw(outcomes) for one in ids}, self._time_of_news(0))
        with pytest.raises(VersionConflict):
            self.act(lambda: apply_action(**press))
        self._settle(market.event_id, 5)

    def _settle_pools(self, market: ModelMarket) -> None:
        """A proposal on a market waits for its pools to be divided by what is known."""
        for pool in self.model.pools:
            if pool.market is market:
                self.act(partial(settle_pool_by_results, pool_id=pool.id))
                self.model.settle_pool(pool)


def payload_of(news: dict[UUID, Outcome | None]) -> dict[str, Any]:
    """The results of a proposal as the API takes them; none where they are taken back."""
    given = [
        {
            "selection_id": str(selection_id),
            "result": outcome.result,
            "void_halves": 2 if outcome.result == "void" else int(outcome.is_half_void),
            "dead_heat_places": outcome.places,
            "dead_heat_tied": outcome.tied,
            "place_result": outcome.place_result or None,
            "place_dead_heat_places": outcome.place_places,
            "place_dead_heat_tied": outcome.place_tied,
        }
        for selection_id, outcome in news.items()
        if outcome is not None
    ]
    return {"results": given} if given else {}
