"""What the model says of a proposal of the desk: its preview, and whether somebody else has to look at it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from project.kit.money import format_minor
from tests.betting.engine_markets import ModelMarket, Outcome
from tests.betting.engine_model import Model

MOVED_ALONE_MAX = 100_000  # what one trader may move without another


@dataclass(frozen=True)
class Forecast:
    """As the API shows it."""

    preview: dict[str, Any]
    needs_approval: bool


def forecast(
    model: Model, people: Sequence[UUID], market: ModelMarket, news: Mapping[UUID, Outcome | None], produced: int
) -> Forecast | None:
    """What these results would move if they were settled now, pools and all; None where they change nothing, or their
    event or a pool on them is being settled."""
    then = deepcopy(model)
    if market.event_id in then.news:
        return None
    pools = [pool for pool in then.pools if pool.market.id == market.id and pool.status != "cancelled"]
    if any(pool.known != pool.versions for pool in pools):
        return None
    if not then.take_news(next(one for one in then.markets if one.id == market.id), news, produced):
        return None
    settled = then.settle([market.event_id])
    paid = sum(max(difference, 0) for _, difference in settled)
    taken_back = sum(max(-difference, 0) for _, difference in settled)
    moves = [move for pool in pools for move in then.settle_pool(pool)]
    pooled = [sum(max(one, 0) for _, one in moves), sum(max(-one, 0) for _, one in moves)]
    who = {slip.person for slip, _ in settled} | {person for person, _ in moves}
    overdrawn = sorted((people[one], then.wallets[one]) for one in who)
    money = {"currency": "PLY", "paid": format_minor(paid, "PLY"), "taken_back": format_minor(taken_back, "PLY")}
    below = [
        {"user_id": str(user_id), "currency": "PLY", "balance": format_minor(balance, "PLY")}
        for user_id, balance in overdrawn
        if balance < 0
    ]
    return Forecast(
        {
            "slips": len(settled),
            "moving": sum(difference != 0 for _, difference in settled),
            "outcomes": dict(Counter(slip.status for slip, _ in settled)),
            "money": [money] if settled else [],
            "pools": [
                {
                    "currency": "PLY",
                    "tickets": len(moves),
                    "paid": format_minor(pooled[0], "PLY"),
                    "taken_back": format_minor(pooled[1], "PLY"),
                }
            ]
            if moves
            else [],
            "overdrawn": below,
        },
        needs_approval=bool(below) or paid + taken_back + sum(pooled) > MOVED_ALONE_MAX,
    )
