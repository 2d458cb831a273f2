"""What a type checker knows about topics and commands; `make types` is what proves it. It runs, to be sure it can."""

from collections.abc import AsyncIterator
from typing import Any, assert_type

from fake_server import FakeServer
from touchline_client import ChangeEvent, Client, EntriesEvent, Entry, ImageEvent, Subscription, topics
from touchline_client.generated.changes import (
    ContactOfflineChange,
    ContactOnlineChange,
    ContactsImage,
    IncidentRecordedChange,
)
from touchline_client.generated.values import LobbyScore, MarketValue, MessageReply, SelectionValue, SlipReply

ContactEvent = ImageEvent[ContactsImage] | ChangeEvent[ContactOnlineChange | ContactOfflineChange]


async def test_the_checker_has_seen_these(server: FakeServer) -> None:
    assert [topics_are_typed, fields_are_not, calls_are_typed, mistakes_are_found] != []


async def topics_are_typed(client: Client, event_id: str) -> None:
    prices = await client.subscribe(topics.event_prices(event_id), conflate_ms=100)
    assert_type(prices.image, dict[str, MarketValue | SelectionValue])
    async for event in prices:
        assert_type(event, EntriesEvent[MarketValue | SelectionValue])
        assert_type(event.entries[0], Entry[MarketValue | SelectionValue])
        value = event.entries[0].value
        if value is not None and "odds" in value:
            assert_type(value, SelectionValue)
    contacts = await client.subscribe(topics.contacts("ada"))
    assert_type(contacts.image, ContactsImage)
    async for change in contacts:
        assert_type(change, ContactEvent)
        if change.kind == "change" and change.change["type"] == "contact.online":
            assert_type(change.change, ContactOnlineChange)
    incidents = await client.subscribe(topics.event_incidents(event_id))
    async for incident in incidents:
        match incident:
            case ChangeEvent(change=recorded, seq=seq):
                assert_type(recorded, IncidentRecordedChange)
                assert_type(seq, int | None)
            case ImageEvent(image=image):
                assert_type(image, dict[str, Any])
    by_name = await client.subscribe(f"event:{event_id}:prices")
    assert_type(by_name.image, Any)


async def fields_are_not(client: Client) -> None:
    scores = await client.subscribe(topics.lobby_scores(), fields=["home_goals"])
    assert_type(scores, Subscription[dict[str, dict[str, Any]], EntriesEvent[dict[str, Any]]])
    whole = await client.subscribe(topics.lobby_scores())
    assert_type(whole.image["e"], LobbyScore)


async def calls_are_typed(client: Client) -> AsyncIterator[SlipReply | MessageReply]:
    yield await client.call("place_slip", {"stake": "5.00", "currency": "PLY", "legs": []})
    yield await client.call("send_message", {"conversation_id": "c", "body": "Hello"}, key="k", repeat=True)
    assert_type((await client.call("mark_read", {"conversation_id": "c", "seq": 1}))["unread"], int)


async def mistakes_are_found(client: Client) -> None:
    await client.call("place_slip", {"stake": 5, "currency": "PLY", "legs": []})  # type: ignore[call-overload]  # a stake is a text
    await client.call("grant_funds", {})  # type: ignore[call-overload]  # there is no such command
    client.on("weather", print)  # type: ignore[call-overload]  # there is no such event
    topics.event_prices()  # type: ignore[call-arg]  # of which event?
