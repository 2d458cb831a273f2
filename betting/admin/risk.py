"""Who may bet at all and how much, what is at risk, and what was cashed out."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from betting.actions.customer_limits import FACTOR_MILLI_MAX, set_stake_factors
from betting.actions.stops import set_switch
from betting.admin.desk import FINANCE, TradingAdmin, money
from betting.models import BettingSwitch, CashOut, CustomerLimit, SelectionExposure
from betting.queries.desk_overview import list_switches
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, carry_out
from project.kit.callers import require_user
from project.kit.http import caller_of


class ScopeForm(ReasonForm):
    """Which betting: all of it, or that on one sport."""

    scope = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    field_order: ClassVar[tuple[str, ...]] = ("scope", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = [(switch.scope, switch.name) for switch in list_switches()]


@admin.register(BettingSwitch)
class BettingSwitchAdmin(TradingAdmin):
    """The kill switch and the switch of each sport. What was never stopped is not listed."""

    list_display = ("scope", "state", "reason", "changed_by", "changed_at")
    list_select_related = ("changed_by",)
    ordering = ("scope",)
    actions_list = ("stop", "resume")

    @column("State", ordering="is_stopped", label={"on": "success", "stopped": "danger"})
    def state(self, switch: BettingSwitch) -> str:
        return "stopped" if switch.is_stopped else "on"

    @button(
        "Stop betting",
        url_path="stop",
        icon="emergency_home",
        is_dangerous=True,
        permissions=["trade"],
        dialog=ask(
            "Stop betting?",
            "From the moment this is confirmed no bet within it follows.",
            "Stop it",
            form_class=ScopeForm,
        ),
    )
    def stop(self, request: HttpRequest, form: ScopeForm) -> HttpResponse:
        return self._set(request, form, is_stopped=True, done="Stopped: no bet follows.")

    @button(
        "Resume betting",
        url_path="resume",
        icon="play_circle",
        permissions=["trade"],
        dialog=ask("Take bets again?", "At the prices of now.", "Resume it", form_class=ScopeForm),
    )
    def resume(self, request: HttpRequest, form: ScopeForm) -> HttpResponse:
        return self._set(request, form, is_stopped=False, done="Betting goes on.")

    def _set(self, request: HttpRequest, form: ScopeForm, *, is_stopped: bool, done: str) -> HttpResponse:
        actor_id = require_user(caller_of(request))

        def act() -> tuple[BettingSwitch, str]:
            reason = form.cleaned_data["reason"]
            switch = set_switch(
                actor_id=actor_id, scope=form.cleaned_data["scope"], is_stopped=is_stopped, reason=reason
            )
            return switch, f"{'on -> stopped' if is_stopped else 'stopped -> on'}: {reason}"

        return carry_out(request, self, act, done=done)


class FactorForm(ReasonForm):
    """Whose stakes, and which share of the usual ones."""

    usernames = forms.CharField(
        max_length=50_000, help_text="One or many, each on its own line.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )  # fmt: skip
    factor = forms.DecimalField(
        min_value=0, max_value=FACTOR_MILLI_MAX // 1_000, decimal_places=3, widget=UnfoldAdminDecimalFieldWidget,
        help_text="1 is everybody's, 0.1 a tenth, 0 no bets.",
    )  # fmt: skip
    field_order: ClassVar[tuple[str, ...]] = ("usernames", "factor", "reason")


@admin.register(CustomerLimit)
class CustomerLimitAdmin(TradingAdmin):
    """People whose highest stakes are not everybody's."""

    list_display = ("user", "factor", "reason", "set_by", "updated_at")
    list_select_related = ("user", "set_by")
    search_fields = ("user__username",)
    ordering = ("-updated_at", "user_id")
    actions_list = ("set_factor",)

    @column("Factor", ordering="stake_factor_milli")
    def factor(self, limit: CustomerLimit) -> str:
        return f"{limit.stake_factor_milli / 1_000:g}"

    @button(
        "Set stake factors",
        url_path="set-factor",
        icon="tune",
        permissions=["trade"],
        dialog=ask("Set stake factors?", "For everybody listed, or for nobody.", "Set them", form_class=FactorForm),
    )
    def set_factor(self, request: HttpRequest, form: FactorForm) -> HttpResponse:
        actor_id = require_user(caller_of(request))
        usernames = form.cleaned_data["usernames"].split()

        def act() -> tuple[Any, str]:
            factor_milli = int(form.cleaned_data["factor"] * 1_000)
            reason = form.cleaned_data["reason"]
            changed = set_stake_factors(
                actor_id=actor_id, usernames=usernames, stake_factor_milli=factor_milli, reason=reason
            )
            first = CustomerLimit.objects.filter(user__username__in=usernames).first() or CustomerLimit(
                user_id=actor_id
            )
            return first, f"factor {factor_milli / 1_000:g} for {changed} people: {reason}"

        return carry_out(request, self, act, done="The stake factors hold from the next bet on.")


@admin.register(SelectionExposure)
class SelectionExposureAdmin(TradingAdmin):
    """What is staked on each selection and what it would pay, as folded a moment ago."""

    list_display = ("selection", "market", "stake", "payout")
    list_select_related = ("selection", "market")
    search_fields = ("market__name", "market__event__name")
    ordering = ("-payout_minor", "-id")

    @column("Stakes", ordering="stake_minor")
    def stake(self, row: SelectionExposure) -> str:
        return money(row.stake_minor, row.currency)

    @column("Would pay", ordering="payout_minor")
    def payout(self, row: SelectionExposure) -> str:
        return money(row.payout_minor, row.currency)


@admin.register(CashOut)
class CashOutAdmin(TradingAdmin):
    """Parts of slips that were paid before their result, newest first."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = ("slip", "user", "kind", "stake", "paid", "created_at")
    list_filter = ("kind",)
    list_select_related = ("slip", "user")
    search_fields = ("user__username", "slip__id")
    ordering = ("-created_at", "-id")

    @column("Stake", ordering="stake_minor")
    def stake(self, row: CashOut) -> str:
        return money(row.stake_minor, row.slip.currency)

    @column("Paid", ordering="paid_minor")
    def paid(self, row: CashOut) -> str:
        return money(row.paid_minor, row.slip.currency)
