"""What a settlement moved, added up from the history it wrote and from what the pools behind it come to."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from betting.models import BetHistory
from betting.schemas.desk import DeskPreview, MovedMoney, MovedPools, OverdrawnPerson
from payments.models import Wallet
from project.kit.money import format_minor

Wallets = Mapping[tuple[UUID, str], int]


@dataclass(frozen=True)
class PoolMove:
    """What one ticket in a pool is paid beyond what it was paid before; negative is taken back."""

    user_id: UUID
    currency: str
    difference_minor: int


@dataclass(frozen=True)
class MoneyMoved:
    """The preview, with the tickets that move in pools, and the sums of both in minor units: paid and taken back, by
    currency."""

    preview: DeskPreview
    tickets: int
    by_currency: Mapping[str, tuple[int, int]]


def read_moved(*, event_id: UUID, settled_at: datetime, pool_moves: Sequence[PoolMove]) -> MoneyMoved:
    """What the settlement of an event at that very moment did to its slips, and what follows in pools."""
    rows = BetHistory.objects.filter(timestamp=settled_at, bet_slip__legs__event_id=event_id).distinct()
    outcomes: Counter[str] = Counter()
    sums: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    moving = 0
    people: set[tuple[UUID, str]] = set()
    fields = ("id", "outcome", "currency", "difference_minor", "user_id")
    for _, outcome, currency, difference_minor, user_id in rows.values_list(*fields):
        outcomes[outcome] += 1
        sums[currency] = _add(sums[currency], difference_minor)
        moving += difference_minor != 0
        people.add((user_id, currency))
    preview = DeskPreview(
        slips=sum(outcomes.values()),
        moving=moving,
        outcomes=dict(sorted(outcomes.items())),
        money=[
            MovedMoney(currency=currency, paid=format_minor(paid, currency), taken_back=format_minor(taken, currency))
            for currency, (paid, taken) in sorted(sums.items())
        ],
        pools=_describe_pools(pool_moves),
        overdrawn=_list_overdrawn(people, pool_moves),
    )
    for move in pool_moves:
        sums[move.currency] = _add(sums[move.currency], move.difference_minor)
    return MoneyMoved(preview, len(pool_moves), dict(sums))


def _add(paid_and_taken: tuple[int, int], difference_minor: int) -> tuple[int, int]:
    paid, taken = paid_and_taken
    return paid + max(difference_minor, 0), taken + max(-difference_minor, 0)


def _describe_pools(moves: Sequence[PoolMove]) -> list[MovedPools]:
    described = []
    for currency in sorted({move.currency for move in moves}):
        differences = [move.difference_minor for move in moves if move.currency == currency]
        described.append(
            MovedPools(
                currency=currency,
                tickets=len(differences),
                paid=format_minor(sum(one for one in differences if one > 0), currency),
                taken_back=format_minor(-sum(one for one in differences if one < 0), currency),
            )
        )
    return described


def _list_overdrawn(people: set[tuple[UUID, str]], pool_moves: Sequence[PoolMove]) -> list[OverdrawnPerson]:
    """The slips have moved their wallets already, the pools have not."""
    to_come: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    for move in pool_moves:
        to_come[move.user_id, move.currency] += move.difference_minor
    below = {
        wallet: balance_minor
        for wallet, balance_minor in _read_balances({user_id for user_id, _ in people}, below_zero=True).items()
        if wallet in people and wallet not in to_come
    }
    for wallet, balance_minor in _read_balances({user_id for user_id, _ in to_come}, below_zero=False).items():
        if wallet in to_come:
            below[wallet] = balance_minor + to_come[wallet]
    return [
        OverdrawnPerson(user_id=user_id, currency=currency, balance=format_minor(balance_minor, currency))
        for (user_id, currency), balance_minor in sorted(below.items())
        if balance_minor < 0
    ]


def _read_balances(user_ids: set[UUID], *, below_zero: bool) -> Wallets:
    wallets = Wallet.objects.filter(user_id__in=user_ids)
    if below_zero:
        wallets = wallets.filter(available_account__balance_minor__lt=0)
    rows = wallets.values_list("user_id", "currency", "available_account__balance_minor")
    return {(user_id, currency): balance_minor for user_id, currency, balance_minor in rows}
