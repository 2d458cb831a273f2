"""The machine's people: money in, slips of every kind and their keys, delays, stops, prices, cash-outs and targets."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from functools import partial
from math import comb
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from accounts.errors import TimedOut
from betting.actions.cash_out import quote_cash_out, set_cash_out_target, take_cash_out, take_cash_out_target
from betting.actions.judge_delayed import judge_due_slips
from betting.actions.market_status import resume_market, suspend_market
from betting.actions.place_slip import place_slip
from betting.actions.stops import resume_event, suspend_event
from betting.errors import CashOutUnavailable, OwnLimitExceeded
from betting.models import BetSlip, CashOutQuote, FreeBet, Selection
from betting.schemas.cash_outs import CashOutTargetCommand, QuoteCashOutCommand
from betting.schemas.slips import PlaceSlipCommand, SlipReply
from project.kit import clock
from project.kit.errors import IdempotencyKeyReused, InsufficientFunds, ValidationFailed
from project.kit.money import format_milli, format_minor, parse_minor
from tests.betting.desk import new_key
from tests.betting.engine_markets import ModelSelection
from tests.betting.engine_model import ModelLeg, ModelSlip, PricePolicy
from tests.betting.engine_own_model import find_left
from tests.betting.engine_world import PEOPLE, Crash, World, check_all, part_of_the_test, refs
from tests.payments.books import issuance, move, wallet_of

SLIPS_AT_FIRST: Final = 4
LOWEST_STAKE: Final = 10
DELAY_IS_OVER: Final = timedelta(minutes=1)
stakes = st.one_of(st.integers(10, 5_000), st.integers(10, 30_000))
shapes = st.sampled_from(["single", "single", "accumulator", "system", "banker", "trixie"])
policies: st.SearchStrategy[PricePolicy] = st.sampled_from(["none", "better", "any"])


class SlipRules(RuleBasedStateMachine):
    """One history of people who bet. A subclass names the world it happens in."""

    world: World
    has_begun = False  # a history may be over before its first step is

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
        self.has_begun = True

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
            check_all(self.world, self.model)
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
    @rule(data=st.data(), shape=shapes, stake=stakes, is_each_way=st.booleans(), policy=policies)
    def place(self, data: st.DataObject, shape: str, stake: int, is_each_way: bool, policy: PricePolicy) -> None:
        person = data.draw(st.integers(0, PEOPLE - 1))
        legs = self._draw_legs(data, 1 if shape == "single" else 3 if shape in ("trixie", "banker") else 2)
        if legs:
            self._place(person, shape, legs, stake, None, is_each_way, policy)

    @precondition(lambda self: any(self.model.is_token_free(token) for token in self.model.tokens))
    @rule(data=st.data(), shape=shapes, policy=policies)
    def place_free_bet(self, data: st.DataObject, shape: str, policy: PricePolicy) -> None:
        token = data.draw(st.sampled_from([one for one in self.model.tokens if self.model.is_token_free(one)]))
        person, amount, _ = self.model.tokens[token]
        legs = self._draw_legs(data, 1 if shape == "single" else 3 if shape in ("trixie", "banker") else 2)
        if legs:
            self._place(person, shape, legs, amount, token, False, policy)

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
        self,
        person: int,
        shape: str,
        legs: list[ModelSelection],
        stake: int,
        token: int | None,
        is_each_way: bool,
        policy: PricePolicy = "none",
    ) -> None:
        bankers = 1 if shape == "banker" else 0
        sizes = {"single": [1], "accumulator": [2], "system": [1, 2], "banker": [1, 2], "trixie": [2, 3]}[shape]
        struck = [
            ModelLeg(selection, selection.odds_milli or 0, place < bankers, policy)
            for place, selection in enumerate(legs)
        ]
        command = PlaceSlipCommand.model_validate(
            {
                "stake": format_minor(stake, "PLY"),
                "currency": "PLY",
                "bet_type": "system" if shape == "banker" else shape,
                "line_sizes": sizes if shape in ("system", "banker") else None,
                "is_each_way": is_each_way,
                "price_policy": policy,
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
        left = find_left(self.model, person) if token is None else None
        if is_each_way and not self._takes_each_way(legs):
            with pytest.raises(ValidationFailed):
                self.act(lambda: place_slip(user_id=user_id, command=command, key=key))
            return
        if person in self.model.rules.away:
            with pytest.raises(TimedOut):
                self.act(lambda: place_slip(user_id=user_id, command=command, key=key))
            return
        if left is not None and stake > left:
            with pytest.raises(OwnLimitExceeded) as refused:
                self.act(lambda: place_slip(user_id=user_id, command=command, key=key))
            lines = sum(comb(len(struck) - bankers, size) for size in sizes) * (2 if is_each_way else 1)
            remaining = parse_minor(str(refused.value.extra["remaining"]), "PLY")
            assert remaining == (left if left >= max(LOWEST_STAKE, lines) else 0)
            return
        if token is None and stake > self.model.wallets[person]:
            with pytest.raises(InsufficientFunds):
                self.act(lambda: place_slip(user_id=user_id, command=command, key=key))
            return
        reply: SlipReply = self.act(lambda: place_slip(user_id=user_id, command=command, key=key))
        slip = ModelSlip(
            reply.id, person, struck, sizes, is_each_way, token, stake, 0, BetSlip.objects.get(id=reply.id).placed_at
        )
        slip.staked = stake
        slip.promised = slip.promise()
        waits = any(one.market.event_id == self.world.in_play.pk for one in legs)
        slip.status = "pending_delay" if waits else "accepted"
        assert (reply.status, reply.due_at is not None) == (slip.status, waits)
        self.model.slips.append(slip)
        self.model.wallets[person] -= stake if token is None else 0
        self.sent.append((person, command, key, reply))

    def _takes_each_way(self, legs: list[ModelSelection]) -> bool:
        """Before kick-off, where the place odds of a market's three leave 6 % on the two that are paid."""
        return all(
            leg.market.event_id != self.world.in_play.pk and leg.market.place_book() >= 2 * Fraction(106, 100)
            for leg in legs
        )

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
        """Mostly one that a bet in play waits on."""
        waiting = [slip for slip in self.model.slips if slip.status == "pending_delay"]
        likely = [leg.selection for slip in waiting for leg in slip.legs for _ in range(5)]
        every = [one for market in self.model.markets for one in market.selections]
        priced = [one for one in [*likely, *every] if one.odds_milli is not None]
        if priced:
            selection = data.draw(st.sampled_from(priced))
            selection.odds_milli = odds
            Selection.objects.filter(id=selection.id).update(odds_milli=odds)

    @precondition(lambda self: self.model.slips)
    @rule(data=st.data(), is_full=st.booleans())
    def cash_out(self, data: st.DataObject, is_full: bool) -> None:
        running = [slip for slip in self.model.slips if slip.status == "accepted"]
        self._cash_out(data, data.draw(st.sampled_from(running or self.model.slips)), is_full=is_full)

    def _cash_out(self, data: st.DataObject, slip: ModelSlip, *, is_full: bool) -> None:
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
        self.model.cash_out(slip, part, offer)

    @precondition(lambda self: self.model.slips)
    @rule(data=st.data(), share=st.integers(1, 110))
    def set_target(self, data: st.DataObject, share: int) -> None:
        """So many percent of what the slip is worth now, or of what it promises: some are reached at once."""
        running = [slip for slip in self.model.slips if slip.status == "accepted"]
        slip = data.draw(st.sampled_from(running or self.model.slips))
        target = max(1, (slip.find_offer(slip.remaining) or slip.promised) * share // 100)
        command = CashOutTargetCommand(target=format_minor(target, "PLY"))
        if not slip.may_have_target():
            with pytest.raises(CashOutUnavailable):
                self.act(lambda: set_cash_out_target(slip_id=slip.id, command=command))
        elif target > slip.best_offer():
            with pytest.raises(ValidationFailed):
                self.act(lambda: set_cash_out_target(slip_id=slip.id, command=command))
        else:
            self.act(lambda: set_cash_out_target(slip_id=slip.id, command=command))
            slip.target = target

    @precondition(lambda self: any(slip.target for slip in self.model.slips))
    @rule()
    def look_at_targets(self) -> None:
        """As after a repricing: every slip with a target, each cashed out once if at all."""
        for slip in [slip for slip in self.model.slips if slip.target is not None]:
            is_taken = self.act(partial(take_cash_out_target, slip_id=slip.id))
            assert is_taken == self.model.take_target(slip)
            assert take_cash_out_target(slip_id=slip.id) is False

    # Bets in play --------------------------------------------------------------------------------------------------
    @precondition(lambda self: any(slip.status == "pending_delay" for slip in self.model.slips))
    @rule()
    def judge(self) -> None:
        """Time passes, and all that wait are judged."""
        with clock.frozen(clock.now() + DELAY_IS_OVER):
            assert self.act(judge_due_slips) == self.model.judge()
            assert judge_due_slips() == 0

    @precondition(lambda self: any(slip.status == "pending_delay" for slip in self.model.slips))
    @rule(data=st.data(), is_whole=st.booleans())
    def stop_for_a_moment(self, data: st.DataObject, is_whole: bool) -> None:
        """The desk stops an event or a market and opens it again: nobody sees it who looks at prices alone."""
        slip = data.draw(st.sampled_from([slip for slip in self.model.slips if slip.status == "pending_delay"]))
        market = data.draw(st.sampled_from([leg.selection.market for leg in slip.legs]))
        actor_id, reason = self.world.traders[0].id, "No picture"
        if is_whole:
            event_id = market.event_id
            self.act(lambda: suspend_event(actor_id=actor_id, event_id=event_id, reason=reason))
            self.act(lambda: resume_event(actor_id=actor_id, event_id=event_id, reason=reason))
            self.model.stop([one for one in self.model.markets if one.event_id == event_id])
        elif market.status == "active":
            self.act(lambda: suspend_market(actor_id=actor_id, market_id=market.id, reason=reason))
            self.act(lambda: resume_market(actor_id=actor_id, market_id=market.id, reason=reason))
            self.model.stop([market])
