"""Exposure against the slips that stand, added up anew in the model's own algebra after each step of random histories:
slips placed, judged and cashed out, windows set and undone, results brought and taken back, settlements and folds."""

from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import override_settings
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from tests.betting import test_engine_machine as engine
from tests.betting.engine_results import ResultRules
from tests.betting.engine_slips import stakes
from tests.betting.engine_world import PEOPLE, World, read_exposure

pytestmark = pytest.mark.django_db

PROFILE: Final = settings(engine.PROFILE, max_examples=8, stateful_step_count=30)
NONE: Any = None  # no rule of this machine


class Exposures(ResultRules):
    """What moves exposure, and little else. A subclass names the world it happens in."""

    deposit = give_free_bet = send_again = send_another_under_the_same_key = set_target = look_at_targets = NONE
    begin_with_a_limit = set_limit = take_time_out = deduct = undo_deduction = propose = crash = NONE

    @rule(data=st.data(), stake=stakes, size=st.integers(2, 3))
    def place_a_multiple(self, data: st.DataObject, stake: int, size: int) -> None:
        legs = self._draw_legs(data, size)
        if legs:
            shape = data.draw(st.sampled_from(["accumulator", "system"] if size == 2 else ["trixie", "banker"]))
            self._place(data.draw(st.integers(0, PEOPLE - 1)), shape, legs, stake, None, False)

    @precondition(lambda self: self.model.slips)
    @rule(data=st.data(), is_settled_at_once=st.booleans())
    def void_one(self, data: st.DataObject, is_settled_at_once: bool) -> None:
        """A window of one slip on the market of one of its legs, which goes on; or that window undone."""
        waiting = [one for one in self.model.slips if one.status == "pending_delay"]
        multiples = [one for one in self.model.slips if one.status == "accepted" and len(one.legs) > 1]
        slip = data.draw(st.sampled_from([*waiting, *multiples] or self.model.slips))
        market = data.draw(st.sampled_from([leg.selection.market for leg in slip.legs]))
        window = slip.placed_at, slip.placed_at + timedelta(microseconds=1)
        is_active = not market.windows.get(window, (False, 0))[0]
        self._move_window(market, window, self._time_of_news(0), is_active=is_active)
        if is_settled_at_once:
            self._settle(market.event_id, 5)

    @precondition(lambda self: any(slip.find_offer(slip.remaining) for slip in self.model.slips))
    @rule(data=st.data(), is_full=st.booleans())
    def cash_out_some(self, data: st.DataObject, is_full: bool) -> None:
        offered = [slip for slip in self.model.slips if slip.find_offer(slip.remaining)]
        void = [slip for slip in offered if any(leg.selection.market.is_cancelled(slip.placed_at) for leg in slip.legs)]
        self._cash_out(data, data.draw(st.sampled_from(void or offered)), is_full=is_full)

    @invariant()
    def nothing_else_is_at_risk(self) -> None:
        if hasattr(self, "model"):
            assert read_exposure(self.model) == self.model.exposure()


def test_exposure_is_what_the_slips_that_stand_add_up_to() -> None:
    machine = type("ExposuresInThisWorld", (Exposures,), {"world": World()})
    with override_settings(**engine.TRUE_SPEED):
        run_state_machine_as_test(machine, settings=PROFILE)
