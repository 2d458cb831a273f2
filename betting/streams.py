"""Topics of betting: an event's prices and the lobby's, both conflated, and slips on a person's private stream."""

from typing import Any, Literal
from uuid import UUID

from accounts.streams import USER
from betting.access import find_pool, is_trader
from betting.models import BettingPool
from betting.queries.exposure_desk import list_exposure_keys, tally_exposure
from betting.queries.markets import list_lobby_keys, list_price_keys
from betting.queries.pools import list_open_entries, list_pool_keys, tally_pools
from betting.queries.slips import list_open_slips
from betting.queries.strategies import list_open_evaluations
from betting.queries.tallies import tally_event_prices, tally_lobby_prices
from betting.schemas.exposure import MarketExposureValue
from betting.schemas.free_bets import FreeBetReply
from betting.schemas.markets import LobbyPrice, MarketValue, SelectionValue
from betting.schemas.pools import PoolEntryReply, PoolTotalValue, PoolValue
from betting.schemas.slips import CurrencyCode, SlipReply
from betting.schemas.strategies import EvaluationReply
from payments.schemas import WalletReply
from project.kit.callers import Caller
from project.kit.money import MoneyOut
from project.kit.streams import Entry
from project.kit.topics import (
    Arguments,
    Change,
    ConflatedTopic,
    Keyed,
    declare,
    declare_image_part,
    everyone,
)


class SlipPlacedChange(Change):
    """A slip of this person stands, or waits for its delay. `wallet` is what the stake left; null for a free bet."""

    type: Literal["slip.placed"] = "slip.placed"
    slip: SlipReply
    wallet: WalletReply | None = None


class SlipAcceptedChange(Change):
    """The delay of a slip of this person has ended, and it stands."""

    type: Literal["slip.accepted"] = "slip.accepted"
    slip: SlipReply


class SlipRejectedChange(Change):
    """The delay of a slip of this person has ended, and its stake is back; `slip.rejection` says why."""

    type: Literal["slip.rejected"] = "slip.rejected"
    slip: SlipReply


class SlipSettledChange(Change):
    """Slips of this person were settled, settled again after a correction, or opened again by a rollback."""

    type: Literal["slip.settled"] = "slip.settled"
    slips: list[SlipReply]


class PoolEnteredChange(Change):
    """This person bought a ticket."""

    type: Literal["pool.entered"] = "pool.entered"
    entry: PoolEntryReply


class PoolSettledChange(Change):
    """A pool with tickets of this person was divided or called off; `payout` is what all of them got together."""

    type: Literal["pool.settled"] = "pool.settled"
    pool_id: UUID
    name: str
    status: Literal["settled", "cancelled"]
    stake: MoneyOut
    payout: MoneyOut
    currency: CurrencyCode


class PoolTicketsChange(Change):
    """Tickets of this person in a pool that goes on were made void, or stand again: `entries` are those that are open
    now, newest first. What was paid back, or taken back, is in the wallet's change."""

    type: Literal["pool.tickets"] = "pool.tickets"
    pool_id: UUID
    name: str
    entries: list[PoolEntryReply]


class SlipCashedOutChange(Change):
    """A part of a slip of this person, or all that remained, was cashed out."""

    type: Literal["slip.cashed_out"] = "slip.cashed_out"
    slip: SlipReply


class SlipCashOutTargetChange(Change):
    """This person set the offer at which a slip is cashed out by itself, or took it back."""

    type: Literal["slip.cash_out_target"] = "slip.cash_out_target"
    slip: SlipReply


class FreeBetChange(Change):
    """This person was given a free bet, or one was taken back before it was used. The image lists none."""

    type: Literal["free_bet.changed"] = "free_bet.changed"
    free_bet: FreeBetReply


class StrategyEvaluatedChange(Change):
    """A back-test of this person's was queued, went on, ended; or a paper run of theirs was settled further."""

    type: Literal["strategy.evaluated"] = "strategy.evaluated"
    evaluation: EvaluationReply


def _event_image(arguments: Arguments) -> list[Keyed]:
    return list_price_keys(UUID(arguments["event_id"]))


def _lobby_image(arguments: Arguments) -> list[Keyed]:
    return list_lobby_keys()


def _pool_image(arguments: Arguments) -> list[Keyed]:
    return list_pool_keys(UUID(arguments["pool_id"]))


def _exposure_image(arguments: Arguments) -> list[Keyed]:
    return list_exposure_keys(event_id=UUID(arguments["event_id"])).get(UUID(arguments["event_id"]), [])


def _is_trader(caller: Caller, arguments: Arguments) -> bool:
    return is_trader(caller)


def _may_see_pool(caller: Caller, arguments: Arguments) -> bool:
    return find_pool(caller, UUID(arguments["pool_id"])) is not None


def _open_entries_image(arguments: Arguments) -> list[dict[str, Any]]:
    return [entry.to_json() for entry in list_open_entries(UUID(arguments["user_id"]))]


def _open_slips_image(arguments: Arguments) -> list[dict[str, Any]]:
    return [slip.to_json() for slip in list_open_slips(UUID(arguments["user_id"]))]


def _open_evaluations_image(arguments: Arguments) -> list[dict[str, Any]]:
    return [evaluation.to_json() for evaluation in list_open_evaluations(UUID(arguments["user_id"]))]


EVENT_PRICES = declare(
    ConflatedTopic(
        name="event_prices",
        pattern="event:{event_id}:prices",
        may_subscribe=everyone,
        values=(MarketValue, SelectionValue),
        image=_event_image,
        tally=tally_event_prices,
    )
)
LOBBY_PRICES = declare(
    ConflatedTopic(
        name="lobby_prices",
        pattern="lobby:prices",
        may_subscribe=everyone,
        values=(LobbyPrice,),
        image=_lobby_image,
        tally=tally_lobby_prices,
    )
)
EXPOSURE = declare(
    ConflatedTopic(
        name="desk_exposure",
        pattern="desk:exposure:{event_id}",
        may_subscribe=_is_trader,
        is_asked_again=True,
        values=(MarketExposureValue,),
        image=_exposure_image,
        tally=tally_exposure,
    )
)
POOL = declare(
    ConflatedTopic(
        name="pool",
        pattern="pool:{pool_id}",
        may_subscribe=_may_see_pool,
        values=(PoolValue, PoolTotalValue),
        image=_pool_image,
        tally=tally_pools,
    )
)
declare_image_part(
    topic_name=USER.name,
    part="open_pool_entries",
    image=_open_entries_image,
    changes=(PoolEnteredChange, PoolSettledChange, PoolTicketsChange),
)
declare_image_part(
    topic_name=USER.name,
    part="open_slips",
    image=_open_slips_image,
    changes=(
        SlipPlacedChange,
        SlipAcceptedChange,
        SlipRejectedChange,
        SlipSettledChange,
        SlipCashedOutChange,
        SlipCashOutTargetChange,
        FreeBetChange,
    ),
)
declare_image_part(
    topic_name=USER.name, part="open_evaluations", image=_open_evaluations_image, changes=(StrategyEvaluatedChange,)
)


def user_entry(user_id: UUID, change: Change) -> Entry:
    """A change for one person's private stream."""
    return Entry(USER.name_for(user_id=user_id), change)


def pool_changes(pool: BettingPool) -> list[Keyed]:
    """Everything a pool's topic shows of it now: with a stake all dividends move."""
    return list_pool_keys(pool.id)
