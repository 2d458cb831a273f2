"""Short ways to open pools and stake in them in tests, always through the real actions."""

from typing import Any

from accounts.models import User
from betting.actions.pools.enter_pool import enter_pool
from betting.actions.pools.open_pool import open_pool
from betting.models import BettingPool, Selection
from betting.schemas.pools import EnterPoolCommand, OpenPoolCommand, PoolEntryReply
from payments.queries.accounts import get_pool_balance_minor
from sports.models import Event
from tests.betting.desk import new_key, selection_of


def make_pool(creator: User | None, event: Event, **changes: Any) -> BettingPool:
    """A pool on the full-time result with ten percent takeout."""
    market = selection_of(event, "1x2", "home").market
    command = OpenPoolCommand.model_validate({"name": "Saturday pool", "market_id": str(market.id)} | changes)
    page = open_pool(user_id=creator.id if creator else None, command=command, key=new_key())
    return BettingPool.objects.get(id=page.pool.id)


def stake(user: User, pool: BettingPool, selection: Selection, amount: str, *, key: str = "") -> PoolEntryReply:
    command = EnterPoolCommand.model_validate({"selection_id": str(selection.id), "stake": amount})
    return enter_pool(user_id=user.id, pool_id=pool.id, command=command, key=key or new_key())


def held_by(pool: BettingPool) -> int:
    return get_pool_balance_minor(pool.id, pool.currency)
