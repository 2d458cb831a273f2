"""The machine's withdrawals: asked for, thought better of, rejected, paid by hand and bounced."""

from collections.abc import Callable
from functools import partial
from typing import Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from payments.actions import payouts
from payments.actions.payouts import Decision
from payments.actions.withdrawals import OPEN_MAX, cancel_withdrawal, request_withdrawal
from payments.errors import WalletFrozen, WithdrawalsLimit
from payments.schemas import RequestWithdrawalCommand, WithdrawalReply
from project.kit.errors import AppError, Forbidden, InsufficientFunds, VersionConflict
from project.kit.money import format_minor
from tests.betting.desk import new_key
from tests.betting.engine_model import ModelWithdrawal
from tests.betting.engine_results import ResultRules
from tests.betting.engine_world import PEOPLE

LEADS_TO: Final = {
    "requested": {"approved", "rejected", "cancelled"},
    "approved": {"processing", "failed"},
    "processing": {"paid", "failed"},
    "paid": {"failed"},
}
ALONE_MAX: Final = 20_000  # above it, another pays than who approved
amounts = st.one_of(st.integers(500, 5_000), st.integers(500, 60_000))


class WithdrawalRules(ResultRules):
    """One history of people who also take out what they have. A subclass names the world it happens in."""

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Something is on its way out from the start, for the steps that follow to be about."""
        super().begin(data=data)
        self._ask(data.draw(st.integers(0, PEOPLE - 1)), data.draw(amounts))

    @rule(person=st.integers(0, PEOPLE - 1), amount=amounts)
    def withdraw(self, person: int, amount: int) -> None:
        self._ask(person, amount)

    def _ask(self, person: int, amount: int) -> None:
        command = RequestWithdrawalCommand(currency="PLY", amount=format_minor(amount, "PLY"))
        ask = partial(request_withdrawal, user_id=self.world.people[person].id, command=command, key=new_key())
        refusal = self._find_refusal(person, amount)
        if refusal is not None:
            with pytest.raises(refusal):
                self.act(ask)
            return
        reply: WithdrawalReply = self.act(ask)
        assert self.act(ask).to_json() == reply.to_json()
        self.model.withdrawals.append(ModelWithdrawal(reply.id, person, amount))
        self.model.wallets[person] -= amount

    @precondition(lambda self: self.model.withdrawals)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        withdrawal = self._draw(data, "requested")
        act = partial(cancel_withdrawal, withdrawal_id=withdrawal.id)
        if withdrawal.status == "cancelled":
            assert self.act(act).status == "cancelled"
        elif self._may_step(withdrawal, act, "cancelled"):
            self.model.give_back(withdrawal, "cancelled")

    @precondition(lambda self: self.model.withdrawals)
    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        withdrawal = self._draw(data, "requested")
        act = partial(payouts.reject_withdrawal, withdrawal_id=withdrawal.id, decision=self._decision())
        if self._may_step(withdrawal, act, "rejected"):
            self.model.give_back(withdrawal, "rejected")

    @precondition(lambda self: self.model.withdrawals)
    @rule(data=st.data(), steps=st.sampled_from([3, 3, 2, 1]))
    def pay(self, data: st.DataObject, steps: int) -> None:
        """So many steps towards `paid`: approved, ordered at the bank, confirmed."""
        withdrawal = self._draw(data, "requested", "approved", "processing")
        for _ in range(steps):
            self._step_on(withdrawal)

    @precondition(lambda self: self.model.withdrawals)
    @rule(data=st.data())
    def bounce(self, data: st.DataObject) -> None:
        """It was not paid after all, or it came back."""
        withdrawal = self._draw(data, "paid", "processing")
        act = partial(payouts.fail_payout, withdrawal_id=withdrawal.id, decision=self._decision())
        if self._may_step(withdrawal, act, "failed"):
            self.model.give_back(withdrawal, "failed")

    def _find_refusal(self, person: int, amount: int) -> type[AppError] | None:
        if self.model.wallets[person] < 0:
            return WalletFrozen
        if sum(one.is_held and one.person == person for one in self.model.withdrawals) >= OPEN_MAX:
            return WithdrawalsLimit
        return InsufficientFunds if amount > self.model.wallets[person] else None

    def _draw(self, data: st.DataObject, *likely: str) -> ModelWithdrawal:
        """Mostly one that the step is for."""
        fit = [one for one in self.model.withdrawals if one.status in likely for _ in range(5)]
        return data.draw(st.sampled_from([*fit, *self.model.withdrawals]))

    def _decision(self, payer: int = 0) -> Decision:
        return Decision(self.world.payers[payer].id, "Looked at")

    def _may_step(self, withdrawal: ModelWithdrawal, act: Callable[[], object], after: str) -> bool:
        if after in LEADS_TO.get(withdrawal.status, ()):
            self.act(act)
            return True
        with pytest.raises(VersionConflict):
            self.act(act)
        return False

    def _step_on(self, withdrawal: ModelWithdrawal) -> None:
        one, decision = withdrawal.id, self._decision()
        if withdrawal.status == "processing":
            if withdrawal.amount > ALONE_MAX:
                with pytest.raises(Forbidden):
                    self.act(partial(payouts.confirm_payout, withdrawal_id=one, decision=decision))
                decision = self._decision(payer=1)
            self.act(partial(payouts.confirm_payout, withdrawal_id=one, decision=decision))
            withdrawal.status = "paid"
            return
        act, after = partial(payouts.approve_withdrawal, withdrawal_id=one, decision=decision), "approved"
        if withdrawal.status == "approved":
            after = "processing"
            act = partial(payouts.begin_payout, withdrawal_id=one, decision=decision, reference="TL-1")
        if after in LEADS_TO.get(withdrawal.status, ()) and self.model.wallets[withdrawal.person] < 0:
            with pytest.raises(WalletFrozen):
                self.act(act)
        elif self._may_step(withdrawal, act, after):
            withdrawal.status = after
