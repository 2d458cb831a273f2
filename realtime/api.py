"""HTTP routes of realtime: notifications, socket tickets, topic images, and the caller's own summary."""

import hashlib
import json
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response
from ninja import Router
from pydantic import Field

from payments.actions.wallets import open_wallets
from payments.queries.wallets import list_wallets
from project.kit.callers import Caller, require_user
from project.kit.http import caller_of
from project.kit.pagination import DEFAULT_LIMIT, MAX_LIMIT
from project.kit.schemas import Page
from project.kit.throttles import check_rate
from realtime import tickets
from realtime.actions import notifications
from realtime.core.limits import TICKET_SECONDS
from realtime.core.projection import FIELDS_MAX
from realtime.queries.me import describe_me
from realtime.queries.notifications import list_notifications, list_preferences
from realtime.queries.topics import describe_topic
from realtime.schemas import (
    ChangePreferenceCommand,
    MeReply,
    NotificationReply,
    PreferenceReply,
    ReadNotificationsCommand,
    TicketReply,
    TopicChangesReply,
    TopicReply,
    UnreadNotificationsReply,
)

PageSize = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
Position = Annotated[str | None, Field(max_length=100)]
FieldNames = Annotated[str | None, Field(max_length=65 * FIELDS_MAX)]

router = Router(tags=["realtime"])

TICKETS_PER_MINUTE = 60  # every reconnect of ten sockets in bad weather, several times over
TOPIC_READS_PER_MINUTE = 240  # a poller on a few topics; whoever wants more subscribes


def issue_ticket(caller: Caller) -> TicketReply:
    """A ticket for the session that asks."""
    user_id = require_user(caller)
    check_rate(f"tickets:{user_id}", limit=TICKETS_PER_MINUTE, per_s=60)
    return TicketReply(ticket=tickets.issue_ticket(caller.session_key), expires_in=TICKET_SECONDS)


def read_notifications(caller: Caller, command: ReadNotificationsCommand) -> UnreadNotificationsReply:
    """Note what has been seen."""
    unread = notifications.read_notifications(user_id=require_user(caller), ids=command.ids)
    return UnreadNotificationsReply(unread=unread)


def change_preference(caller: Caller, command: ChangePreferenceCommand) -> list[PreferenceReply]:
    """Set one cell of the caller's matrix."""
    user_id = require_user(caller)
    notifications.change_preference(
        user_id=user_id, kind=command.kind, channel=command.channel, is_enabled=command.is_enabled
    )
    return list_preferences(user_id)


@router.get("/me", response=MeReply, operation_id="get_me")
def get_me(request: HttpRequest) -> MeReply:
    """Who you are, what you have and what waits for you. Answers visitors too, with `user` null."""
    caller = caller_of(request)
    if caller.user_id is not None and not list_wallets([caller.user_id]):
        open_wallets(user_id=caller.user_id)  # a person who signed up a moment ago sees their funds at once
    return describe_me(caller, csrf_token=get_token(request))


@router.get("/notifications", response=Page[NotificationReply], operation_id="list_notifications")
def get_notifications(
    request: HttpRequest, cursor: str | None = None, limit: PageSize = DEFAULT_LIMIT
) -> Page[NotificationReply]:
    """Your notifications, newest first."""
    return list_notifications(require_user(caller_of(request)), cursor=cursor, limit=limit)


@router.post("/notifications/read", response=UnreadNotificationsReply, operation_id="read_notifications")
def post_notifications_read(request: HttpRequest, command: ReadNotificationsCommand) -> UnreadNotificationsReply:
    """Mark notifications as seen: those named, or all with `ids` null."""
    return read_notifications(caller_of(request), command)


@router.get("/notifications/preferences", response=list[PreferenceReply], operation_id="list_notification_preferences")
def get_preferences(request: HttpRequest) -> list[PreferenceReply]:
    """What you are told about, and through which channel."""
    return list_preferences(require_user(caller_of(request)))


@router.put("/notifications/preferences", response=list[PreferenceReply], operation_id="change_notification_preference")
def put_preference(request: HttpRequest, command: ChangePreferenceCommand) -> list[PreferenceReply]:
    """Turn one kind of notification on or off."""
    return change_preference(caller_of(request), command)


@router.post("/socket-ticket", response=TicketReply, operation_id="issue_socket_ticket")
def post_socket_ticket(request: HttpRequest) -> TicketReply:
    """A single-use ticket for the `hello` of a socket that can send neither cookie nor header."""
    return issue_ticket(caller_of(request))


@router.get("/topics/{topic}", response={200: TopicReply | TopicChangesReply, 304: None}, operation_id="get_topic")
def get_topic(request: HttpRequest, topic: str, since: Position = None, fields: FieldNames = None) -> HttpResponse:
    """A topic without a socket: the changes since a position where they can all be given, else its image.

    `since` is the `pos` of an earlier answer or of a frame, and works for sequenced topics. `fields` are members of a
    conflated topic's values, separated by commas: values then carry only those. The answer has an `ETag`; sent back
    as `If-None-Match` it costs 304 and no body while nothing has changed.
    """
    caller = caller_of(request)
    check_rate(f"topics:{caller.user_id or caller.ip}", limit=TOPIC_READS_PER_MINUTE, per_s=60)
    reply = describe_topic(caller, topic, since=since, fields=fields.split(",") if fields is not None else None)
    content = json.dumps(reply.to_json(), ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="application/json; charset=utf-8", headers={"ETag": etag})
    found = get_conditional_response(request, etag=etag, response=response)
    assert found is not None, "it answers with what it was given unless the client has it"
    return found
