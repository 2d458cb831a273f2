"""What clients ask about notifications and topics, and what they get."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from accounts.schemas import PersonReply
from payments.schemas import WalletReply
from project.kit.schemas import Command, Instant, Reply
from realtime.frames.server import SequencedChange

IDS_MAX = 100  # one page of the list

KindName = Literal["slip_settled", "pool_settled", "withdrawal_ended", "message_received"]
StatusName = Literal["sent", "delivered", "read"]
ChannelName = Literal["in_app"]


class NotificationReply(Reply):
    """One notification; `data` holds the ids it is about."""

    id: UUID
    kind: KindName
    title: str
    message: str
    link: str
    status: StatusName
    timestamp: Instant
    data: dict[str, Any]


class ReadNotificationsCommand(Command):
    """Which notifications have been seen; null means all of them."""

    ids: Annotated[list[UUID], Field(max_length=IDS_MAX)] | None


class UnreadNotificationsReply(Reply):
    """How many are left."""

    unread: int


class PreferenceReply(Reply):
    """One cell of the matrix of kinds and channels."""

    kind: KindName
    channel: ChannelName
    is_enabled: bool


class ChangePreferenceCommand(Command):
    """Set one cell."""

    kind: KindName
    channel: ChannelName
    is_enabled: bool = Field(strict=True)


class TicketReply(Reply):
    """A single-use ticket for `hello` or `auth`, and the seconds it lives."""

    ticket: str
    expires_in: int


class TopicReply(Reply):
    """A topic's image as a subscriber would get it, and the position it stands at."""

    topic: str
    lane: Literal["conflated", "sequenced"]
    pos: str
    image: dict[str, Any]


class TopicChangesReply(Reply):
    """All that happened on a sequenced topic since the position that was asked about, up to `pos`."""

    topic: str
    lane: Literal["sequenced"] = "sequenced"
    pos: str
    resumed: Literal[True] = True
    changes: list[SequencedChange]


class UnreadCountsReply(Reply):
    """What waits for the caller."""

    messages: int
    notifications: int


class MeReply(Reply):
    """Who the caller is and what they have; `user` is null for a visitor. `csrf_token` goes into X-CSRFToken."""

    user: PersonReply | None
    role: str
    email: str
    is_email_verified: bool
    wallets: list[WalletReply]
    unread: UnreadCountsReply
    csrf_token: str
