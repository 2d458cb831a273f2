"""The trading desk's own prices: set on a selection and held there until they are released to the model again."""

from uuid import UUID

from django.db import transaction

from betting.access import get_targets
from betting.actions.desk_records import record_change
from betting.actions.reprice_event import reprice_book
from betting.core.book import PRICED_STATUSES
from betting.core.ladder import is_rung
from betting.locks import lock_book
from betting.models import Selection
from project.kit.errors import ValidationFailed, VersionConflict
from project.kit.idempotency import CommandKey
from project.kit.replays import is_done, remember_done


@transaction.atomic(durable=True)
def hold_price(
    *, actor_id: UUID, selection_id: UUID, odds_milli: int, reason: str, command_key: CommandKey | None = None
) -> Selection:
    """Offer this price, and leave it there whatever the model says, as long as a bet can win and can lose.

    Locks the book's row. Raises NotFound, ValidationFailed for a price that is no rung of the ladder, and
    VersionConflict where the market takes no more prices.
    """
    if not is_rung(odds_milli):
        errors = [{"pointer": "/odds", "code": "not_on_ladder", "message": "This price is no rung of the ladder"}]
        raise ValidationFailed(errors=errors)
    return _change(actor_id, selection_id, odds_milli, reason, command_key)


@transaction.atomic(durable=True)
def release_price(
    *, actor_id: UUID, selection_id: UUID, reason: str, command_key: CommandKey | None = None
) -> Selection:
    """Let the model price a selection again, at once. Raises NotFound, and VersionConflict where nothing is held."""
    return _change(actor_id, selection_id, None, reason, command_key)


def _change(
    actor_id: UUID, selection_id: UUID, odds_milli: int | None, reason: str, command_key: CommandKey | None
) -> Selection:
    event_id = get_targets([selection_id])[selection_id].event_id
    lock_book(event_id)
    selection = Selection.objects.select_related("market").get(id=selection_id)
    if is_done(command_key):
        return selection
    if selection.market.status not in PRICED_STATUSES:
        raise VersionConflict(f"The market is {selection.market.status}")
    held_before = selection.held_odds_milli
    if odds_milli is None and held_before is None:
        raise VersionConflict("The price is not held")
    Selection.objects.filter(id=selection_id).update(held_odds_milli=odds_milli)
    record_change(
        change="price_hold",
        subject=f"selection:{selection_id}",
        actor_id=actor_id,
        reason=reason,
        before={"held_odds_milli": held_before, "odds_milli": selection.odds_milli},
        after={"held_odds_milli": odds_milli},
    )
    reprice_book(event_id=event_id, is_forced=True)
    remember_done(command_key)
    return Selection.objects.select_related("market").get(id=selection_id)
