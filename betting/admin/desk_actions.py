"""Proposals of the desk in the admin: what each would move, and the buttons that apply, approve or reject it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User
from betting.actions.desk_actions import apply_action, approve_action, reject_action
from betting.admin.desk import TradingAdmin
from betting.core.desk_words import word_change, word_deduction, word_preview, word_results, word_window
from betting.core.four_eyes import list_steps
from betting.models import CancelWindow, Deduction, DeskAction, DeskActionKind, DeskRecord, Selection
from betting.queries.desk_records import name_subjects
from project.kit.admin_decorators import button, column
from project.kit.admin_dialogs import ReasonForm, ask, carry_out
from project.kit.callers import require_user
from project.kit.http import caller_of

STATUS_LABELS: Final = {"Proposed": "warning", "Approved": "info", "Applied": "success", "Rejected": "default"}
_BUTTONS: Final = ("apply", "approve", "reject")


def _selections_of(action: DeskAction) -> dict[str, str]:
    rows = Selection.objects.filter(market_id=action.market_id).order_by("sort").values_list("id", "name")
    return {str(selection_id): name for selection_id, name in rows}


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(sep=" ")


def _ask_void(action: DeskAction) -> list[str]:
    return [f"{word_window(action.payload.get('starts_at'), action.payload.get('ends_at'))} are void"]


def _ask_undo_void(action: DeskAction) -> list[str]:
    window = CancelWindow.objects.get(id=action.payload["window_id"])
    return [f"{word_window(_instant(window.starts_at), _instant(window.ends_at))} stand again"]


def _ask_deduction(action: DeskAction) -> list[str]:
    payload = action.payload
    withdrawn = _selections_of(action).get(str(payload.get("withdrawn_selection_id")))
    return [word_deduction(payload["percent"], payload["placed_before"], withdrawn)]


def _ask_undo_deduction(action: DeskAction) -> list[str]:
    deduction = Deduction.objects.get(id=action.payload["deduction_id"])
    return [f"Taken back: {word_deduction(deduction.percent, deduction.placed_before.isoformat(sep=' '), None)}"]


_ASKED: Final[dict[DeskActionKind, Callable[[DeskAction], list[str]]]] = {
    DeskActionKind.SETTLE_MARKET: lambda action: word_results(action.payload["results"], _selections_of(action)),
    DeskActionKind.ROLL_BACK: lambda _: ["No selection has a result any more"],
    DeskActionKind.VOID_MARKET: _ask_void,
    DeskActionKind.UNDO_VOID: _ask_undo_void,
    DeskActionKind.DEDUCTION: _ask_deduction,
    DeskActionKind.UNDO_DEDUCTION: _ask_undo_deduction,
}


@admin.register(DeskAction)
class DeskActionAdmin(TradingAdmin):
    """What waits first. Above a limit somebody else than the proposer approves; only then can it be applied."""

    list_display = ("kind", "event", "market", "state", "moves", "needs_approval", "proposed_by", "proposed_at")
    list_filter = ("status", "kind", "needs_approval")
    list_select_related = ("event", "market", "proposed_by")
    search_fields = ("market__name", "event__name", "proposed_by__username")
    ordering = ("-proposed_at", "-id")
    readonly_fields = ("moves", "shown", "asked")
    fields = (
        "kind", "event", "market", "status", "reason", "asked", "moves", "shown", "needs_approval", "proposed_by",
        "proposed_at", "decided_by", "decided_at", "applied_by", "applied_at",
    )  # fmt: skip
    actions_row = _BUTTONS
    actions_detail = _BUTTONS

    def leads_somewhere(self, request: HttpRequest, row: DeskAction, path: str) -> bool:
        """Where the proposal can go from here; nobody is asked to approve their own."""
        is_own = row.proposed_by_id == caller_of(request).user_id
        return path in list_steps(row.status, needs_approval=row.needs_approval) and not (path == "approve" and is_own)

    @column("Status", ordering="status", label=STATUS_LABELS)
    def state(self, action: DeskAction) -> str:
        return str(action.get_status_display())

    @column("Moves")
    def moves(self, action: DeskAction) -> str:
        money = "; ".join(
            f"pays {one['paid']}, takes back {one['taken_back']} {one['currency']}"
            for one in action.preview.get("money", [])
        )
        slips = f"{action.preview.get('moving', 0)} of {action.preview.get('slips', 0)} slips; {money or 'no money'}"
        pools = [
            f"{one['tickets']} tickets in pools: pays {one['paid']}, takes back {one['taken_back']} {one['currency']}"
            for one in action.preview.get("pools", [])
        ]
        return "; ".join([slips, *pools])

    @column("What it would do")
    def shown(self, action: DeskAction) -> str:
        ids = [one["user_id"] for one in action.preview.get("overdrawn", ())]
        people = User.objects.filter(id__in=ids).values_list("id", "username")
        return "\n".join(word_preview(action.preview, {str(user_id): name for user_id, name in people}))

    @column("What was asked for")
    def asked(self, action: DeskAction) -> str:
        return "\n".join(_ASKED[DeskActionKind(action.kind)](action))

    @button(
        "Apply",
        url_path="apply",
        icon="done_all",
        is_dangerous=True,
        permissions=["trade"],
        dialog=ask("Apply this proposal?", "It moves exactly what is shown, or it is refused.", "Apply it"),
    )
    def apply(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, apply_action, "Applied: the bets are being settled.")

    @button(
        "Approve",
        url_path="approve",
        icon="verified",
        permissions=["trade"],
        dialog=ask("Approve this proposal?", "You have looked at what it moves. Nobody approves their own.", "Approve"),
    )
    def approve(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, approve_action, "Approved: it can be applied.")

    @button(
        "Reject",
        url_path="reject",
        icon="close",
        permissions=["trade"],
        dialog=ask("Reject this proposal?", "It is kept and never applied.", "Reject it"),
    )
    def reject(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._decide(request, form, object_id, reject_action, "Rejected: nothing has moved.")

    def _decide(
        self, request: HttpRequest, form: ReasonForm, object_id: str, decide: Callable[..., DeskAction], done: str
    ) -> HttpResponse:
        before = self.get_object(request, object_id)
        if before is None:
            raise Http404
        reason, actor_id = form.cleaned_data["reason"], require_user(caller_of(request))

        def act() -> tuple[Any, str]:
            action = decide(actor_id=actor_id, action_id=UUID(object_id), reason=reason)
            return action, f"{before.status} -> {action.status}: {reason}"

        return carry_out(request, self, act, done=done)


@admin.register(DeskRecord)
class DeskRecordAdmin(TradingAdmin):
    """Everything the desk ever changed, newest first: who, why, before and after. An id finds its records."""

    list_display = ("recorded_at", "changed", "about", "actor", "reason")
    list_filter = ("change",)
    list_select_related = ("actor",)
    search_fields = ("subject", "actor__username", "reason")
    ordering = ("-id",)
    readonly_fields = ("about",)
    fields = ("recorded_at", "change", "about", "subject", "desk_action", "actor", "reason", "before", "after")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list with the names of what its records are about, looked up together."""
        listed = super().get_changelist_instance(request)
        names = name_subjects(record.subject for record in listed.result_list)
        for record in listed.result_list:
            record.subject_name = names[record.subject]
        return listed

    @column("Change", ordering="change")
    def changed(self, record: DeskRecord) -> str:
        return word_change(record.change, record.after)

    @column("About")
    def about(self, record: DeskRecord) -> str:
        if hasattr(record, "subject_name"):
            return str(record.subject_name)
        return name_subjects([record.subject])[record.subject]


@admin.register(CancelWindow)
class CancelWindowAdmin(TradingAdmin):
    """From when until when bets on a market are void, newest first; undone ones stay listed."""

    list_display = ("market", "event", "starts_at", "ends_at", "is_active", "reason", "created_by", "created_at")
    list_filter = ("is_active",)
    list_select_related = ("market__event", "created_by")
    ordering = ("-created_at", "-id")

    @column("Event", ordering="market__event__name")
    def event(self, window: CancelWindow) -> str:
        return window.market.event.name


@admin.register(Deduction)
class DeductionAdmin(TradingAdmin):
    """What withdrawals take off winnings, newest first; those taken back stay listed."""

    list_display = ("market", "event", "percent", "placed_before", "is_active", "reason", "created_by", "created_at")
    list_filter = ("is_active",)
    list_select_related = ("market__event", "created_by")
    ordering = ("-created_at", "-id")

    @column("Event", ordering="market__event__name")
    def event(self, deduction: Deduction) -> str:
        return deduction.market.event.name
