"""Withdrawals in the back office: what waits, who had a say in it, and the buttons that take it a step further."""

from collections.abc import Callable
from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminTextInputWidget

from payments.actions import payouts
from payments.actions.payouts import REFERENCE_CHARS_MAX, Decision
from payments.admin.books import FINANCE, money
from payments.core.withdrawals import HOLDING, PAYING_ROLES, may_become
from payments.models import Withdrawal, WithdrawalRecord
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, carry_out
from project.kit.callers import require_user
from project.kit.http import caller_of
from project.kit.read_only_admin import ReadOnlyAdmin, ReadOnlyInline

STATUS_LABELS: Final = {
    "Requested": "warning",
    "Approved": "info",
    "Being paid": "info",
    "Paid": "success",
    "Failed": "danger",
}
# Button -> the state it leads to.
_LEADS_TO: Final = {
    "approve": "approved",
    "reject": "rejected",
    "begin": "processing",
    "confirm": "paid",
    "fail": "failed",
}


class PayoutForm(ReasonForm):
    """What the transfer carries at the bank, and a word about it."""

    reference = forms.CharField(max_length=REFERENCE_CHARS_MAX, widget=UnfoldAdminTextInputWidget)
    field_order: ClassVar[tuple[str, ...]] = ("reference", "reason")


class RecordInline(ReadOnlyInline):
    """Every step, as it was recorded."""

    model = WithdrawalRecord
    fields = ("recorded_at", "change", "actor", "reason", "before", "after")
    readonly_fields = fields
    ordering = ("id",)


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin):
    """What waits first, the longest waiting on top."""

    viewer_roles: ClassVar[frozenset[str]] = FINANCE
    list_display = ("state", "user", "amount", "needs_two", "requested_at", "decided_by", "paid_at")
    list_filter = ("status", "wallet__currency", "needs_two")
    list_select_related = ("user", "wallet", "decided_by")
    search_fields = ("=id", "user__username", "payout_reference")
    ordering = (
        Case(When(status__in=HOLDING, then=Value(0)), default=Value(1), output_field=IntegerField()),
        Case(When(status__in=HOLDING, then="requested_at")),
        "-requested_at",
        "id",
    )
    fields = (
        "id", "user", "amount", "state", "requested_at", "decided_by", "decided_at", "reason", "needs_two",
        "processing_at", "payout_reference", "paid_by", "paid_at", "failed_at", "failure",
    )  # fmt: skip
    readonly_fields = fields
    inlines = (RecordInline,)
    actions_row = ("approve", "reject")
    actions_detail = tuple(_LEADS_TO)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Withdrawal]:
        rows: QuerySet[Withdrawal] = super().get_queryset(request)
        return rows.select_related("user", "wallet", "decided_by", "paid_by")

    def has_pay_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Asked for the buttons and again when one is pressed; the action judges each case."""
        return caller_of(request).role in PAYING_ROLES

    def leads_somewhere(self, request: HttpRequest, row: Withdrawal, path: str) -> bool:
        """Where the state leads; nobody decides about their own, nor confirms alone what takes two."""
        actor_id = caller_of(request).user_id
        is_alone = path == "confirm" and row.needs_two and row.decided_by_id == actor_id
        return may_become(row.status, _LEADS_TO[path]) and row.user_id != actor_id and not is_alone

    @column("Status", ordering="status", label=STATUS_LABELS)
    def state(self, withdrawal: Withdrawal) -> str:
        return str(withdrawal.get_status_display())

    @column("Amount", ordering="amount_minor")
    def amount(self, withdrawal: Withdrawal) -> str:
        return money(withdrawal.amount_minor, withdrawal.wallet.currency)

    @button(
        "Approve",
        url_path="approve",
        icon="verified",
        permissions=["pay"],
        dialog=ask(
            "Approve this withdrawal?", "You have looked at who asks for it. Nobody approves their own.", "Approve"
        ),
    )
    def approve(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, payouts.approve_withdrawal, "Approved: it can be paid.")

    @button(
        "Reject",
        url_path="reject",
        icon="close",
        is_dangerous=True,
        permissions=["pay"],
        dialog=ask(
            "Reject this withdrawal?", "The person has the funds again at once and reads your reason.", "Reject"
        ),
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, payouts.reject_withdrawal, "Rejected: the funds are back.")

    @button(
        "Transfer ordered",
        url_path="begin",
        icon="outgoing_mail",
        permissions=["pay"],
        dialog=ask(
            "Have you ordered the transfer?",
            "Nothing is sent from here: order it at the bank, then write down what it carries.",
            "It is ordered",
            form_class=PayoutForm,
        ),
    )
    def begin(self, request: HttpRequest, form: PayoutForm, object_id: str) -> HttpResponse:
        def begin_with(*, withdrawal_id: UUID, decision: Decision) -> Withdrawal:
            reference = form.cleaned_data["reference"]
            return payouts.begin_payout(withdrawal_id=withdrawal_id, decision=decision, reference=reference)

        return self._decide(request, form, object_id, begin_with, "Written down: confirm it when it has left.")

    @button(
        "Paid",
        url_path="confirm",
        icon="done_all",
        permissions=["pay"],
        dialog=ask(
            "Has the money left?",
            "What was set aside leaves the books. A large amount is confirmed by another than who approved it.",
            "It has",
        ),
    )
    def confirm(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, payouts.confirm_payout, "Paid.")

    @button(
        "Failed",
        url_path="fail",
        icon="undo",
        is_dangerous=True,
        permissions=["pay"],
        dialog=ask(
            "Was it not paid, or did it come back?",
            "The person has the funds again at once and reads your reason.",
            "It failed",
        ),
    )
    def fail(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, payouts.fail_payout, "Failed: the funds are back.")

    def _decide(
        self, request: HttpRequest, form: ReasonForm, object_id: str, decide: Callable[..., Withdrawal], done: str
    ) -> HttpResponse:
        before = self.get_object(request, object_id)
        if before is None:
            raise Http404
        decision = Decision(require_user(caller_of(request)), form.cleaned_data["reason"])

        def act() -> tuple[Any, str]:
            withdrawal = decide(withdrawal_id=before.id, decision=decision)
            return withdrawal, f"{before.status} -> {withdrawal.status}: {decision.reason}"

        return carry_out(request, self, act, done=done)
