"""Which prices the desk holds."""

from uuid import UUID

from betting.models import Selection
from betting.queries.markets import format_odds
from betting.schemas.desk import HeldPriceReply


def list_held(event_id: UUID) -> list[HeldPriceReply]:
    """The selections of an event whose price the desk has set, in the order of display."""
    held = Selection.objects.filter(market__event_id=event_id, held_odds_milli__isnull=False)
    return [describe_held(selection) for selection in held.order_by("market__sort", "sort", "id")]


def describe_held(selection: Selection) -> HeldPriceReply:
    """A selection's price now, and whether it is the desk's."""
    return HeldPriceReply(
        selection_id=selection.id,
        odds=format_odds(selection.odds_milli),
        is_held=selection.held_odds_milli is not None,
    )
