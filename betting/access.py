"""From an id to an object of betting that the caller may touch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from betting.models import BetSlip, Market, Selection
from project.kit.callers import Caller, require_user
from project.kit.errors import NotFound
from sports.models import Event


@dataclass(frozen=True)
class Target:
    """Where a selection belongs; this never changes, so it may be read before the locks are taken."""

    selection_id: UUID
    market_id: UUID
    event_id: UUID


def get_targets(selection_ids: Iterable[UUID]) -> Mapping[UUID, Target]:
    """The markets and events of selections. Raises NotFound when one does not exist."""
    wanted = set(selection_ids)
    rows = Selection.objects.filter(id__in=wanted).values_list("id", "market_id", "market__event_id")
    targets = {row[0]: Target(*row) for row in rows}
    if len(targets) < len(wanted):
        raise NotFound("No such selection")
    return targets


def get_slip(caller: Caller, slip_id: UUID) -> BetSlip:
    """The caller's own slip. Raises NotAuthenticated, or NotFound for another person's too."""
    slip = BetSlip.objects.filter(id=slip_id, user_id=require_user(caller)).first()
    if slip is None:
        raise NotFound("No such slip")
    return slip


def check_event(event_id: UUID) -> None:
    """Raises NotFound when there is no such event."""
    if not Event.objects.filter(id=event_id).exists():
        raise NotFound("No such event")


def get_market(market_id: UUID) -> Market:
    """Any market: they are public. Raises NotFound."""
    market = Market.objects.filter(id=market_id).first()
    if market is None:
        raise NotFound("No such market")
    return market


def get_market_of(event_id: UUID, market_id: UUID) -> Market:
    """A market of this event. Raises NotFound."""
    market = Market.objects.filter(id=market_id, event_id=event_id).first()
    if market is None:
        raise NotFound("No such market")
    return market
