"""What people's own rules come to, worked out from the model's slips and tickets alone; a history is shorter than a
day, so every one of them is within every window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.betting.engine_model import Model, ModelSlip


@dataclass
class ModelRules:
    """Limits by person and kind, and who keeps away."""

    limits: dict[tuple[int, str], int] = field(default_factory=dict)
    away: set[int] = field(default_factory=set)


def counted(model: Model, person: int, kind: str, *, with_waiting: bool = True) -> int:
    """What counts towards a limit of stakes or losses."""
    left_out = ("rejected",) if with_waiting else ("rejected", "pending_delay")
    total = 0
    for slip in model.slips:
        if slip.person == person and slip.token is None and slip.status not in left_out:
            if kind == "loss":
                total += slip.staked - slip.cashed_out - (slip.paid or 0)
            elif slip.status != "void":
                total += slip.staked
    for pool in model.pools:
        for (owner, _, stake), paid, is_refunded in zip(pool.tickets, pool.paid, pool.refunded, strict=True):
            if owner == person:
                total += stake - paid if kind == "loss" else 0 if is_refunded else stake
    return total


def find_left(model: Model, person: int, *, with_waiting: bool = True) -> int | None:
    """The least that a person's limits leave; None without any."""
    rooms = [
        amount - counted(model, person, kind, with_waiting=with_waiting)
        for (owner, kind), amount in model.rules.limits.items()
        if owner == person
    ]
    return min(rooms, default=None)


def find_own_refusal(model: Model, slip: ModelSlip) -> str | None:
    """Why a slip that waits is refused by what its person has ruled: only what stands counts against it."""
    if slip.person in model.rules.away:
        return "timed_out"
    left = find_left(model, slip.person, with_waiting=False)
    return "limit_exceeded" if slip.token is None and left is not None and slip.staked > left else None
