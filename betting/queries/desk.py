"""What a settlement moved, added up from the history it wrote."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from betting.models import BetHistory
from betting.schemas.desk import DeskPreview, MovedMoney, OverdrawnPerson
from payments.models import Wallet
from project.kit.money import format_minor


@dataclass(frozen=True)
class MoneyMoved:
    """The preview, and its sums in minor units: paid and taken back, by currency."""

    preview: DeskPreview
    by_currency: Mapping[str, tuple[int, int]]


def read_moved(*, event_id: UUID, settled_at: datetime) -> MoneyMoved:
    """What the settlement of an event at that very moment did to its slips."""
    rows = BetHistory.objects.filter(timestamp=settled_at, bet_slip__legs__event_id=event_id).distinct()
    outcomes: Counter[str] = Counter()
    paid: defaultdict[str, int] = defaultdict(int)
    taken: defaultdict[str, int] = defaultdict(int)
    moving = 0
    people: set[tuple[UUID, str]] = set()
    fields = ("id", "outcome", "currency", "difference_minor", "user_id")
    for _, outcome, currency, difference_minor, user_id in rows.values_list(*fields):
        outcomes[outcome] += 1
        paid[currency] += max(difference_minor, 0)
        taken[currency] += max(-difference_minor, 0)
        moving += difference_minor != 0
        people.add((user_id, currency))
    preview = DeskPreview(
        slips=sum(outcomes.values()),
        moving=moving,
        outcomes=dict(sorted(outcomes.items())),
        money=[
            MovedMoney(
                currency=currency,
                paid=format_minor(paid[currency], currency),
                taken_back=format_minor(taken[currency], currency),
            )
            for currency in sorted(paid)
        ],
        overdrawn=_list_overdrawn(people),
    )
    return MoneyMoved(preview, {currency: (paid[currency], taken[currency]) for currency in paid})


def _list_overdrawn(people: set[tuple[UUID, str]]) -> list[OverdrawnPerson]:
    below = Wallet.objects.filter(
        user_id__in={user_id for user_id, _ in people}, available_account__balance_minor__lt=0
    )
    rows = below.order_by("user_id", "currency").values_list("user_id", "currency", "available_account__balance_minor")
    return [
        OverdrawnPerson(user_id=user_id, currency=currency, balance=format_minor(balance_minor, currency))
        for user_id, currency, balance_minor in rows
        if (user_id, currency) in people
    ]
