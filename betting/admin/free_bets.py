"""Free bets in the admin: who was given what, giving more, and taking back what was not used."""

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from betting.actions.free_bets import DAYS_MAX, grant_free_bets, withdraw_free_bet
from betting.admin.desk import FINANCE, TradingAdmin, money
from betting.models import FreeBet, FreeBetStatus
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, carry_out
from project.kit.callers import require_user
from project.kit.http import caller_of
from project.kit.ids import new_id

LABELS: Final = {"Available": "success", "Used": "default", "Expired": "info", "Withdrawn": "warning"}


class GrantForm(ReasonForm):
    """To whom, how much and for how long. The hidden key makes pressing twice give once."""

    usernames = forms.CharField(
        max_length=50_000, help_text="One or many, each on its own line.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )  # fmt: skip
    amount = forms.DecimalField(
        min_value=0, max_digits=9, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget, help_text="Practice funds."
    )
    days = forms.IntegerField(min_value=1, max_value=DAYS_MAX, initial=7, widget=UnfoldAdminIntegerFieldWidget)
    grant_key = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    field_order: ClassVar[tuple[str, ...]] = ("usernames", "amount", "days", "reason", "grant_key")


@admin.register(FreeBet)
class FreeBetAdmin(TradingAdmin):
    """Free bets, newest first."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = ("user", "amount", "state", "reason", "granted_at", "expires_at")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("user__username", "reason")
    ordering = ("-granted_at", "-id")
    actions_list = ("grant",)
    actions_row = ("withdraw",)

    def leads_somewhere(self, request: HttpRequest, row: FreeBet, path: str) -> bool:
        return row.status == FreeBetStatus.AVAILABLE

    @column("Amount", ordering="amount_minor")
    def amount(self, free_bet: FreeBet) -> str:
        return money(free_bet.amount_minor, free_bet.currency)

    @column("State", ordering="status", label=LABELS)
    def state(self, free_bet: FreeBet) -> str:
        return str(free_bet.get_status_display())

    @button(
        "Grant free bets",
        url_path="grant",
        icon="redeem",
        permissions=["trade"],
        dialog=ask("Grant free bets?", "To everybody listed, or to nobody.", "Grant them", form_class=GrantForm),
    )
    def grant(self, request: HttpRequest, form: GrantForm) -> HttpResponse:
        actor_id = require_user(caller_of(request))
        fields = form.cleaned_data

        def act() -> tuple[Any, str]:
            granted = grant_free_bets(
                actor_id=actor_id,
                usernames=fields["usernames"].split(),
                currency="PLY",
                amount_minor=int(fields["amount"] * 100),
                days=fields["days"],
                reason=fields["reason"],
                grant_key=str(fields["grant_key"]),
            )
            first = granted[0] if granted else FreeBet(user_id=actor_id)
            return first, f"{len(granted)} free bets of {fields['amount']}: {fields['reason']}"

        return carry_out(request, self, act, done="Granted.")

    @button(
        "Take back",
        url_path="withdraw",
        icon="undo",
        is_dangerous=True,
        permissions=["trade"],
        dialog=ask("Take this free bet back?", "It can no longer be used.", "Take it back"),
    )
    def withdraw(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        actor_id = require_user(caller_of(request))
        free_bet = self.get_object(request, object_id)
        if free_bet is None:
            raise Http404

        def act() -> tuple[FreeBet, str]:
            reason = form.cleaned_data["reason"]
            return withdraw_free_bet(actor_id=actor_id, free_bet_id=free_bet.id, reason=reason), f"withdrawn: {reason}"

        return carry_out(request, self, act, done="Taken back.")
