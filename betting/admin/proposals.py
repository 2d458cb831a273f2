"""Buttons on a market that propose a change of its bets; the proposal's page then shows what it would move."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from betting.actions.desk_actions import Proposal, propose_action
from betting.models import CancelWindow, Deduction, DeskActionKind, Market, Selection
from project.kit.admin_decorators import button
from project.kit.admin_dialogs import ReasonForm, ask, leave_to_list, leave_to_row
from project.kit.callers import require_user
from project.kit.errors import AppError
from project.kit.http import caller_of

PROPOSALS: Final = (
    "propose_results",
    "propose_roll_back",
    "propose_void",
    "propose_undo_void",
    "propose_deduction",
    "propose_undo_deduction",
)
_INSTANT: Final = {"help_text": "UTC, such as 2026-05-31 15:00:00", "widget": UnfoldAdminTextInputWidget}


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


class ResultsForm(ReasonForm):
    """Who won and what is void; every other selection of the market lost. Where it pays places, who came in for them:
    winners are placed. In a top finish all who are placed have won, and only its last places can be shared."""

    won = forms.MultipleChoiceField(required=False, widget=UnfoldAdminSelectMultipleWidget)
    void = forms.MultipleChoiceField(required=False, widget=UnfoldAdminSelectMultipleWidget)
    tied = forms.IntegerField(
        required=False, min_value=1, max_value=100, widget=UnfoldAdminIntegerFieldWidget,
        help_text="A dead heat: how many share the places of the winners.",
    )  # fmt: skip
    placed = forms.MultipleChoiceField(
        required=False, widget=UnfoldAdminSelectMultipleWidget, help_text="Placed without having won."
    )
    last_tied = forms.MultipleChoiceField(
        required=False, widget=UnfoldAdminSelectMultipleWidget,
        help_text="Of those placed: who tied for the last places, where these were fewer.",
    )  # fmt: skip
    last_places = forms.IntegerField(
        required=False, min_value=1, max_value=100, widget=UnfoldAdminIntegerFieldWidget,
        help_text="How many places those share.",
    )  # fmt: skip
    field_order: ClassVar[tuple[str, ...]] = ("won", "void", "tied", "placed", "last_tied", "last_places", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.selections = list(Selection.objects.filter(market_id=self.object_id).order_by("sort"))
        market = Market.objects.filter(id=self.object_id).first()
        self.places = market.each_way_places if market else None
        self.is_top_finish = market is not None and market.market_type == "top_finish"
        for name in self._needless():
            del self.fields[name]
        choices = [(str(one.id), one.name) for one in self.selections]
        for name in {"won", "void", "placed", "last_tied"} & self.fields.keys():
            self.fields[name].choices = choices

    def _needless(self) -> tuple[str, ...]:
        if self.is_top_finish:
            return ("tied", "placed")
        return () if self.places else ("placed", "last_tied", "last_places")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        won, void, placed, last = (set(cleaned.get(name, ())) for name in ("won", "void", "placed", "last_tied"))
        if won & void or placed & (won | void):
            raise forms.ValidationError("A selection is won, placed or void, not two of these.")
        shares_places = 0 < (cleaned.get("last_places") or 0) < len(last)
        if not last <= (won if self.is_top_finish else placed) or (last and not shares_places):
            raise forms.ValidationError(
                "Who tied for the last places is placed, and shares fewer places than they are."
            )
        return cleaned

    def payload(self) -> dict[str, Any]:
        return {"results": [self._result(str(one.id)) | self._place(str(one.id)) for one in self.selections]}

    def _result(self, selection_id: str) -> dict[str, Any]:
        if selection_id in self.cleaned_data["void"]:
            return {"selection_id": selection_id, "result": "void", "void_halves": 2}
        if selection_id not in self.cleaned_data["won"]:
            return {"selection_id": selection_id, "result": "lost"}
        places, tied = self._share(selection_id) if self.is_top_finish else (1, self.cleaned_data["tied"] or 1)
        return {"selection_id": selection_id, "result": "won", "dead_heat_places": places, "dead_heat_tied": tied}

    def _share(self, selection_id: str) -> tuple[int, int]:
        """How many places the selection shares, and with how many in all."""
        last = self.cleaned_data["last_tied"]
        return (self.cleaned_data["last_places"], len(last)) if selection_id in last else (1, 1)

    def _place(self, selection_id: str) -> dict[str, Any]:
        """The place part. More winners than places share these."""
        if not self.places or selection_id in self.cleaned_data["void"]:
            return {}
        tied = self.cleaned_data["tied"] or 1
        if selection_id in self.cleaned_data["won"]:
            share = (self.places, tied) if tied > self.places else (1, 1)
        elif selection_id in self.cleaned_data["placed"]:
            share = self._share(selection_id)
        else:
            return {"place_result": "lost"}
        return {"place_result": "won", "place_dead_heat_places": share[0], "place_dead_heat_tied": share[1]}


class VoidForm(ReasonForm):
    """From when until when bets are void; an end left empty is open."""

    starts_at = forms.DateTimeField(required=False, **_INSTANT)
    ends_at = forms.DateTimeField(required=False, **_INSTANT)
    field_order: ClassVar[tuple[str, ...]] = ("starts_at", "ends_at", "reason")

    def payload(self) -> dict[str, Any]:
        return {name: _instant(self.cleaned_data[name]) for name in ("starts_at", "ends_at")}


class UndoVoidForm(ReasonForm):
    """Which cancel window is taken back."""

    window = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    field_order: ClassVar[tuple[str, ...]] = ("window", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        windows = CancelWindow.objects.filter(market_id=self.object_id, is_active=True).order_by("created_at")
        self.fields["window"].choices = [
            (str(one.id), f"{one.starts_at or 'ever'} to {one.ends_at or 'ever'}: {one.reason}") for one in windows
        ]

    def payload(self) -> dict[str, Any]:
        return {"window_id": self.cleaned_data["window"]}


class DeductionForm(ReasonForm):
    """How much comes off the winnings of bets placed before when."""

    percent = forms.IntegerField(min_value=1, max_value=90, widget=UnfoldAdminIntegerFieldWidget)
    placed_before = forms.DateTimeField(**_INSTANT)
    withdrawn = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    field_order: ClassVar[tuple[str, ...]] = ("percent", "placed_before", "withdrawn", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selections = Selection.objects.filter(market_id=self.object_id).order_by("sort")
        self.fields["withdrawn"].choices = [("", "-"), *((str(one.id), one.name) for one in selections)]

    def payload(self) -> dict[str, Any]:
        return {
            "percent": self.cleaned_data["percent"],
            "placed_before": self.cleaned_data["placed_before"].isoformat(),
            "withdrawn_selection_id": self.cleaned_data["withdrawn"] or None,
        }


class UndoDeductionForm(ReasonForm):
    """Which deduction is taken back."""

    deduction = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    field_order: ClassVar[tuple[str, ...]] = ("deduction", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deductions = Deduction.objects.filter(market_id=self.object_id, is_active=True).order_by("created_at")
        self.fields["deduction"].choices = [
            (str(one.id), f"{one.percent} % before {one.placed_before}: {one.reason}") for one in deductions
        ]

    def payload(self) -> dict[str, Any]:
        return {"deduction_id": self.cleaned_data["deduction"]}


class RollBackForm(ReasonForm):
    """Nothing but why."""

    def payload(self) -> dict[str, Any]:
        return {}


def _proposes(
    kind: DeskActionKind, label: str, *, icon: str, form_class: type[ReasonForm], description: str
) -> Callable[..., HttpResponse]:
    """A button that proposes one kind of change and leads to the proposal with its preview."""
    name = f"propose_{kind.value}" if kind is not DeskActionKind.SETTLE_MARKET else "propose_results"
    name = "propose_void" if kind is DeskActionKind.VOID_MARKET else name

    @button(
        label,
        url_path=name.replace("_", "-"),
        icon=icon,
        is_dangerous=True,
        permissions=["trade"],
        dialog=ask(f"{label}?", description, "Show what it moves", form_class=form_class),
    )
    def press(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        market = page.get_object(request, object_id)
        if market is None:
            raise Http404
        actor_id = require_user(caller_of(request))
        proposal = Proposal(kind.value, market.id, form.payload(), actor_id, form.cleaned_data["reason"])
        try:
            action = propose_action(proposal)
        except AppError as refusal:
            messages.error(request, refusal.detail or refusal.title)
            return leave_to_list(request, page)
        page.log_change(request, market, f"Proposed: {action}: {proposal.reason}")
        messages.warning(request, "Nothing has moved yet. This is what it would do.")
        return leave_to_row(request, action)

    press.__name__ = name
    return press


class ProposalButtons:
    """The proposals of the market page."""

    propose_results = _proposes(
        DeskActionKind.SETTLE_MARKET, "Set results", icon="scoreboard", form_class=ResultsForm,
        description="Settles the market by hand, for the first time or as a correction.",
    )  # fmt: skip
    propose_roll_back = _proposes(
        DeskActionKind.ROLL_BACK, "Roll back", icon="history", form_class=RollBackForm,
        description="Takes all results of the market back: its bets are open again, and new ones once it is resumed.",
    )  # fmt: skip
    propose_void = _proposes(
        DeskActionKind.VOID_MARKET, "Void bets", icon="block", form_class=VoidForm,
        description="Bets on the market placed between these times are void: their stakes go back.",
    )  # fmt: skip
    propose_undo_void = _proposes(
        DeskActionKind.UNDO_VOID, "Undo a void", icon="undo", form_class=UndoVoidForm,
        description="The bets stand again, as they were settled before, and new ones are taken once it is resumed.",
    )  # fmt: skip
    propose_deduction = _proposes(
        DeskActionKind.DEDUCTION, "Deduct (Rule 4)", icon="percent", form_class=DeductionForm,
        description="A withdrawal takes a share off the winnings of bets placed before it.",
    )  # fmt: skip
    propose_undo_deduction = _proposes(
        DeskActionKind.UNDO_DEDUCTION, "Undo a deduction", icon="undo", form_class=UndoDeductionForm,
        description="The winnings are whole again.",
    )  # fmt: skip
