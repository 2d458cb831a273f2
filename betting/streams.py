"""Topics of betting: an event's prices and the lobby's, both conflated, and slips on a person's private stream."""

from typing import Any, Literal
from uuid import UUID

from accounts.streams import USER
from betting.queries.markets import list_lobby_keys, list_price_keys
from betting.queries.slips import list_open_slips
from betting.queries.tallies import tally_event_prices, tally_lobby_prices
from betting.schemas.markets import LobbyPrice, MarketValue, SelectionValue
from betting.schemas.slips import SlipReply
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
    """A slip of this person stands."""

    type: Literal["slip.placed"] = "slip.placed"
    slip: SlipReply


class SlipSettledChange(Change):
    """A slip of this person was settled, or settled again after a correction."""

    type: Literal["slip.settled"] = "slip.settled"
    slip: SlipReply


def _event_image(arguments: Arguments) -> list[Keyed]:
    return list_price_keys(UUID(arguments["event_id"]))


def _lobby_image(arguments: Arguments) -> list[Keyed]:
    return list_lobby_keys()


def _open_slips_image(arguments: Arguments) -> list[dict[str, Any]]:
    return [slip.to_json() for slip in list_open_slips(UUID(arguments["user_id"]))]


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
declare_image_part(
    topic_name=USER.name, part="open_slips", image=_open_slips_image, changes=(SlipPlacedChange, SlipSettledChange)
)


def user_entry(user_id: UUID, change: Change) -> Entry:
    """A change for one person's private stream."""
    return Entry(USER.name_for(user_id=user_id), change)
