"""The pools that the house opens, so that there is always one to stake in: on the main market of the next events."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from betting.actions.pools.open_pool import open_pool
from betting.errors import PoolNotOffered
from betting.queries.pools import list_markets_without_house_pool
from betting.schemas.pools import OpenPoolCommand

OPEN_HOUSE_POOLS: Final = 6
AHEAD: Final = timedelta(days=7)


def open_house_pools() -> int:
    """Bring the number of open house pools up to what there should be; answers how many were opened.

    Each market has one for ever: the key names it, so that two runs at once open it once.
    """
    opened = 0
    for market_id, event_name in list_markets_without_house_pool(pools_max=OPEN_HOUSE_POOLS, ahead=AHEAD):
        command = OpenPoolCommand(name=f"House pool: {event_name}"[:80], market_id=market_id, takeout_percent=10)
        try:
            open_pool(user_id=None, command=command, key=house_key(market_id))
        except PoolNotOffered:
            continue  # it began between the look and the lock
        opened += 1
    return opened


def house_key(market_id: UUID) -> str:
    return f"house-pool:{market_id}"
