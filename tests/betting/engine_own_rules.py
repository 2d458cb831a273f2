"""The machine's people who rule for themselves: one limits stakes and losses, one takes a time-out."""

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from accounts.core.own_limits import Kind
from betting.actions.own_rules import choose_own_limit, confirm_own_raise, take_time_out
from betting.schemas.own_rules import ChooseLimit, ConfirmRaise, TakeTimeOut
from project.kit import clock
from project.kit.money import format_minor
from tests.betting.desk import new_key
from tests.betting.engine_own_model import counted, find_left
from tests.betting.engine_slips import LOWEST_STAKE, SlipRules

WHO_LIMITS: Final = 0
WHO_KEEPS_AWAY: Final = 2
STAKE_MAX: Final = 30_000  # below every cap of the house
SLIPS_BEFORE: Final = 7  # whoever keeps away bets no more in this history


class OwnRules(SlipRules):
    """What people rule for themselves while they bet."""

    @initialize(data=st.data(), kind=st.sampled_from(["stake", "loss"]), room=st.integers(0, 30_000) | st.none())
    def begin_with_a_limit(self, data: st.DataObject, kind: Kind, room: int | None) -> None:
        if self.has_begun and room is not None:
            self._limit(data, kind, room)

    @rule(data=st.data(), kind=st.sampled_from(["stake", "loss"]), room=st.integers(0, 8_000))
    def set_limit(self, data: st.DataObject, kind: Kind, room: int) -> None:
        self._limit(data, kind, room)

    @precondition(lambda self: len(self.model.slips) >= SLIPS_BEFORE and not self.model.rules.away)
    @rule()
    def take_time_out(self) -> None:
        user_id, key = self.world.people[WHO_KEEPS_AWAY].id, new_key()
        self.act(lambda: take_time_out(user_id=user_id, command=TakeTimeOut(length="24_hours"), key=key))
        self.model.rules.away.add(WHO_KEEPS_AWAY)

    def _limit(self, data: st.DataObject, kind: Kind, room: int) -> None:
        """A limit that leaves some room beside what counts now: lower at once, higher after a day.

        A stake of one more than is left is refused with exactly that: what counts is what the model says.
        """
        user_id = self.world.people[WHO_LIMITS].id
        wanted = max(0, counted(self.model, WHO_LIMITS, kind) + room)
        held = self.model.rules.limits.get((WHO_LIMITS, kind))
        name = {"currency": "PLY", "kind": kind, "period": "day"}
        chosen = ChooseLimit.model_validate({**name, "amount": format_minor(wanted, "PLY")})
        self.act(lambda: choose_own_limit(user_id=user_id, command=chosen))
        if held is not None and wanted > held:
            key = new_key()
            with clock.frozen(clock.now() + timedelta(hours=25)):
                self.act(lambda: confirm_own_raise(user_id=user_id, command=ConfirmRaise.model_validate(name), key=key))
        self.model.rules.limits[WHO_LIMITS, kind] = wanted
        left, legs = find_left(self.model, WHO_LIMITS), self._draw_legs(data, 1)
        if left is not None and left < STAKE_MAX and legs:
            self._place(WHO_LIMITS, "single", legs, max(LOWEST_STAKE, left + 1), None, False)
