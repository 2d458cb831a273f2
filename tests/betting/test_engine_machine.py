"""The betting engine against a model of it: random histories of everything that moves money, checked after each step.

The machine calls the real actions on PostgreSQL; `engine_model.py` says in its own algebra what must come of it. A
crash is a transaction that is rolled back after all its work, and then tried again.
"""

from typing import Final

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from accounts.errors import TimedOut
from betting.actions.pools.settle_pool import cancel_pool, settle_pool_by_results
from betting.errors import OwnLimitExceeded, PoolClosed
from betting.models import PoolEntry, Selection
from betting.schemas.pools import PoolEntryReply
from project.kit.errors import InsufficientFunds
from project.kit.money import format_minor
from tests.betting.desk import new_key
from tests.betting.engine_own_model import find_left
from tests.betting.engine_withdrawals import WithdrawalRules
from tests.betting.engine_world import PEOPLE, World, check_all
from tests.betting.pools import stake as stake_in_pool
from tests.payments.cash import offered

pytestmark = pytest.mark.django_db

PROFILE: Final = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    print_blob=True,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a shrink takes minutes: by hand, with Phase.shrink added
    suppress_health_check=list(HealthCheck),
)
TRUE_SPEED: Final = {"BET_DELAY": True, "MATCH_SECONDS": 105 * 60}  # bets in play wait for some seconds


class Engine(WithdrawalRules):
    """One history. A subclass names the world it happens in."""

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

        if pool.status != "open" or pool.market.status != "active" or selection.outcome is not None:
            with pytest.raises(PoolClosed):
                self.act(buy)
        elif person in self.model.rules.away:
            with pytest.raises(TimedOut):
                self.act(buy)
        elif (left := find_left(self.model, person)) is not None and amount > left:
            with pytest.raises(OwnLimitExceeded):
                self.act(buy)
        elif amount > self.model.wallets[person]:
            with pytest.raises(InsufficientFunds):
                self.act(buy)
        else:
            bought = self.act(buy)
            assert bought.to_json() == buy().to_json()
            pool.bought.append(PoolEntry.objects.get(id=bought.id).placed_at)
            pool.tickets.append((person, selection, amount))
            pool.paid.append(0)
            pool.refunded.append(False)
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
        pool.refunded = [True] * len(pool.tickets)
        pool.status = "cancelled"

    # What must hold ------------------------------------------------------------------------------------------------
    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if hasattr(self, "model"):
            check_all(self.world, self.model)


def run_machine(world: World, profile: settings = PROFILE) -> None:
    """Let random histories happen in a world. Raises the first difference from the model."""
    machine = type("EngineInThisWorld", (Engine,), {"world": world})
    with override_settings(**TRUE_SPEED), offered:
        run_state_machine_as_test(machine, settings=profile)


def test_any_history_comes_to_what_the_model_says() -> None:
    run_machine(World())
