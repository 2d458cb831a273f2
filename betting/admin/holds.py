"""The button of a market that sets a price and holds it, or gives it back to the model."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from betting.actions.held_prices import hold_price, release_price
from betting.models import Selection
from betting.queries.markets import format_odds
from project.kit.admin_decorators import button
from project.kit.admin_dialogs import ReasonForm, ask, carry_out
from project.kit.callers import require_user
from project.kit.http import caller_of


class HoldForm(ReasonForm):
    """Which selection, and at what price; without one the model prices it again."""

    selection = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    odds = forms.DecimalField(
        required=False, min_value=1, max_value=500, decimal_places=3, widget=UnfoldAdminDecimalFieldWidget,
        help_text="A rung of the ladder. Empty: the model prices it again.",
    )  # fmt: skip
    field_order: ClassVar[tuple[str, ...]] = ("selection", "odds", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        selections = Selection.objects.filter(market_id=self.object_id).order_by("sort")
        self.fields["selection"].choices = [
            (
                str(one.id),
                f"{one.name} at {format_odds(one.odds_milli) or '-'}{' (held)' if one.held_odds_milli else ''}",
            )
            for one in selections
        ]


def _mark(selection: Selection) -> str:
    return " (held)" if selection.held_odds_milli else ""


class HoldButton:
    """Set and hold a price, from the page of its market."""

    @button(
        "Hold a price",
        url_path="hold",
        icon="lock",
        permissions=["trade"],
        dialog=ask("Hold a price?", "It stays whatever the model says.", "Set the price", form_class=HoldForm),
    )
    def hold(self: Any, request: HttpRequest, form: HoldForm, object_id: str) -> HttpResponse:
        market = self.get_object(request, object_id)
        if market is None:
            raise Http404
        actor_id, reason = require_user(caller_of(request)), form.cleaned_data["reason"]
        selection_id, odds = UUID(form.cleaned_data["selection"]), form.cleaned_data["odds"]

        def act() -> tuple[Any, str]:
            if odds is None:
                released = release_price(actor_id=actor_id, selection_id=selection_id, reason=reason)
                return market, f"{released.name}: released: {reason}"
            held = hold_price(actor_id=actor_id, selection_id=selection_id, odds_milli=int(odds * 1_000), reason=reason)
            return market, f"{held.name}: held at {odds}: {reason}"

        return carry_out(request, self, act, done="The price is set.")
