"""A gathering in one hub: what is written to whom, at what pace, and what is told to the other hubs."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from touchline_client import EphemeralState, apply_change

from accounts.models import User
from community.streams import CONVERSATION_LIVE, THREAD_LIVE
from project.kit.callers import Caller
from project.kit.errors import Forbidden, NotAuthenticated, TemporarilyUnavailable
from project.kit.ids import new_id
from project.kit.topics import Attendee
from realtime.core.gathering import Guest, Roster
from realtime.core.limits import TYPING_FOR_S
from realtime.frames.client import TopicRequest
from realtime.frames.server import SubscribedFrame, UpdateFrame
from realtime.hub import ephemeral, second_looks
from realtime.hub.connection import BEHIND_BYTES
from realtime.hub.gathering import GatheringChannel
from realtime.hub.hub import Hub
from realtime.rosters import Announcement, KeptRoster
from tests.realtime.channels import Reader, StillClock, settle

NAME = "thread:x:live"


class PeopleReads:
    """The database: whom each caller must not see, and whether they may write."""

    def __init__(self) -> None:
        self.unseen: dict[str, frozenset[str]] = {}
        self.meanwhile: Callable[[], None] = lambda: None
        self.refusal: Exception | None = None
        self.checks = 0

    async def attend(self, caller: Caller) -> Attendee:
        unseen = self.unseen.get(caller.username, frozenset())
        self.meanwhile()
        await asyncio.sleep(0)
        if caller.user_id is None:
            return Attendee(None)
        return Attendee(person_of(str(caller.user_id), caller.username), unseen)

    async def check_may_type(self, caller: Caller) -> None:
        self.checks += 1
        if self.refusal is not None:
            raise self.refusal


class OtherHubs:
    """What is told to other hubs, and what they left in Redis."""

    hub_id = "here"

    def __init__(self) -> None:
        self.told: list[Announcement] = []
        self.kept: list[KeptRoster] = []
        self.answer = asyncio.Event()
        self.answer.set()

    def note(self, channel: GatheringChannel) -> None:
        self.told.append(channel.take_announcement())

    async def list_rosters(self, topic: str) -> list[KeptRoster]:
        await self.answer.wait()
        return self.kept


class Stage:
    """A channel with the test's own database and Redis."""

    def __init__(self) -> None:
        self.reads = PeopleReads()
        self.others = OtherHubs()
        self.channel = GatheringChannel(NAME, THREAD_LIVE, {}, self.reads, self.others)  # type: ignore[arg-type]  # parts of the test

    async def join(self, name: str | None) -> Reader:
        reader = Reader(NAME)
        if name is not None:
            reader.connection.caller = Caller(user_id=new_id(), username=name, role="END_USER")
        await self.channel.join(reader.connection, ref=1)
        return reader


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between two frames of a topic."""
    monkeypatch.setattr(ephemeral, "PACE_S", 0.0)
    monkeypatch.setattr(ephemeral, "PACE_S_PER_READER", 0.0)


def state_of(reader: Reader) -> dict[str, Any]:
    state = EphemeralState(apply_change)
    for frame in reader.writer.frames:
        if frame["op"] == "subscribed":
            SubscribedFrame.model_validate(frame)
            THREAD_LIVE.image.model_validate(frame["image"])
            state.restart(frame["image"])
        elif frame["op"] == "update":
            UpdateFrame.model_validate(frame)
            for change in frame["changes"]:
                kind = next(kind for kind in THREAD_LIVE.changes if kind.model_fields["type"].default == change["type"])
                kind.model_validate(change)
            state.take(frame["changes"])
    return state.image


def present(reader: Reader, part: str = "present") -> list[str]:
    return [each["username"] for each in state_of(reader)[part]]


def id_of(name: str) -> str:
    """The same for a name wherever it is heard."""
    return str(uuid5(NAMESPACE_DNS, name))


def person_of(user_id: str, name: str) -> dict[str, Any]:
    return {"id": user_id, "username": name, "display_name": name}


def message_of(hub_id: str, number: int, *names: str, typing: tuple[str, ...] = ()) -> dict[str, Any]:
    guests = tuple(Guest(id_of(name), 1, person_of(id_of(name), name)) for name in names)
    roster = Roster(number, guests, len(guests), 0)
    return {"l": "e", "h": hub_id, "r": roster.to_json(), "t": [id_of(name) for name in typing], "pt": 1}


async def test_a_newcomer_gets_the_image_and_the_others_a_change(at_once: None) -> None:
    stage = Stage()
    ada = await stage.join("ada")
    await settle()
    ben = await stage.join("ben")
    await settle()

    assert [frame["op"] for frame in ada.writer.frames] == ["subscribed", "update"]
    assert [frame["op"] for frame in ben.writer.frames] == ["subscribed"]
    assert ada.of("subscribed")[0] | {"image": 0} == {
        "op": "subscribed", "ref": 1, "topic": NAME, "lane": "ephemeral", "pos": "", "image": 0,
    }  # fmt: skip
    assert ada.of("update")[0].keys() == {"op", "topic", "pt", "changes"}
    assert present(ada) == present(ben) == ["ada", "ben"]


async def test_those_who_come_and_go_within_one_pace_cost_one_frame() -> None:
    clock, stage = StillClock(), Stage()
    ada = await stage.join("ada")
    await settle()
    for number in range(20):
        guest = await stage.join(f"fan{number}")
        if number % 2:
            stage.channel.leave(guest.connection)
    await clock.advance(ephemeral.PACE_S * 2)

    assert len(ada.of("update")) == 1
    assert state_of(ada)["people"] == 11
    assert [announcement.roster.people for announcement in stage.others.told if announcement.roster] == [1, 11]


async def test_a_reader_who_joins_between_two_frames_is_left_with_no_ghost() -> None:
    """Who came after the last frame and goes before the next is in the newcomer's image only."""
    stage = Stage()
    await stage.join("ada")
    await settle()
    ghost = await stage.join("ghost")
    ben = await stage.join("ben")
    stage.channel.leave(ghost.connection)
    await asyncio.sleep(ephemeral.PACE_S * 2)

    assert ben.of("subscribed")[0]["image"]["people"] == 3
    assert present(ben) == ["ada", "ben"]


async def test_a_reader_who_is_behind_is_owed_the_image(at_once: None) -> None:
    stage = Stage()
    ada = await stage.join("ada")
    await settle()
    ada.writer.unsent_bytes = BEHIND_BYTES + 1
    ben = await stage.join("ben")
    await settle()
    stage.channel.leave(ben.connection)
    await stage.join("cleo")
    await settle()
    assert ada.of("update") == []

    ada.writer.catch_up()
    await settle()
    assert present(ada) == ["ada", "cleo"]
    await stage.join("dan")
    await settle()
    assert present(ada) == ["ada", "cleo", "dan"]
    assert len(ada.of("update")) == 1


async def test_other_hubs_are_heard_and_their_echo_is_not(at_once: None) -> None:
    stage = Stage()
    ada = await stage.join("ada")
    stage.channel.receive(message_of("there", 1, "ben", typing=("ben",)))
    stage.channel.receive(message_of("here", 9, "echo"))
    await settle()
    assert (present(ada), present(ada, "typing")) == (["ada", "ben"], ["ben"])
    stage.channel.receive({"l": "e", "said": id_of("ben"), "pt": 1})
    await settle()
    assert present(ada, "typing") == []
    stage.channel.receive(message_of("there", 2))
    await settle()

    assert present(ada) == ["ada"]
    with pytest.raises(KeyError):
        stage.channel.receive({"l": "c", "k": []})


async def test_who_is_elsewhere_is_in_the_first_image() -> None:
    stage = Stage()
    there = message_of("there", 3, "ben")
    stage.others.kept = [
        KeptRoster("there", Roster.of_json(there["r"]), 5.0),
        KeptRoster("here", Roster(9, (), 7, 7), 5.0),
    ]
    ada = await stage.join("ada")

    assert ada.of("subscribed")[0]["image"]["people"] == 2
    assert sorted(present(ada)) == ["ada", "ben"]


async def test_a_join_does_not_wait_for_a_redis_that_hangs(at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from realtime.hub import gathering

    monkeypatch.setattr(gathering, "ROSTERS_WITHIN_S", 0.01)
    stage = Stage()
    stage.others.answer.clear()
    stage.others.kept = [KeptRoster("there", Roster.of_json(message_of("there", 3, "ben")["r"]), 5.0)]
    ada = await stage.join("ada")
    assert present(ada) == ["ada"]

    stage.others.answer.set()
    await settle()
    assert sorted(present(ada)) == ["ada", "ben"]


async def test_typing_too_soon_means_nothing_and_is_not_asked_about(at_once: None) -> None:
    stage = Stage()
    ada = await stage.join("ada")
    await settle()
    for _ in range(5):
        await stage.channel.type(ada.connection)
    await settle()

    assert stage.reads.checks == 1
    assert present(ada, "typing") == ["ada"]
    assert stage.others.told[-1] == Announcement(NAME, None, (str(ada.connection.caller.user_id),))


async def test_typing_is_refused_to_visitors_and_where_the_topic_says_so(at_once: None) -> None:
    stage = Stage()
    ada, visitor = await stage.join("ada"), await stage.join(None)
    stage.reads.refusal = Forbidden("no")
    with pytest.raises(Forbidden):
        await stage.channel.type(ada.connection)
    with pytest.raises(NotAuthenticated):
        await stage.channel.type(visitor.connection)
    await settle()

    assert (present(ada, "typing"), stage.reads.checks) == ([], 1)


async def test_typing_ends_without_another_word(at_once: None) -> None:
    clock, stage = StillClock(), Stage()
    ada = await stage.join("ada")
    await stage.channel.type(ada.connection)
    await clock.advance(TYPING_FOR_S - 1)
    assert (present(ada, "typing"), len(stage.others.told[-1].typing)) == (["ada"], 1)
    await clock.advance(1)

    assert (present(ada, "typing"), stage.others.told[-1].typing) == ([], ())


async def test_a_block_that_comes_while_somebody_joins_is_seen() -> None:
    stage = Stage()
    ben = await stage.join("ben")
    stage.reads.unseen["ada"] = frozenset()
    ada = Reader(NAME)
    ada.connection.caller = Caller(user_id=new_id(), username="ada")

    def block() -> None:
        """After what the join reads, before it has taken its place."""
        stage.reads.meanwhile = lambda: None
        stage.reads.unseen["ada"] = frozenset({str(ben.connection.caller.user_id)})
        if is_told:
            looks.append(asyncio.ensure_future(stage.channel.look_again(ada.connection)))

    for is_told in (False, True):
        looks: list[asyncio.Future[None]] = []
        stage.reads.unseen["ada"] = frozenset()
        stage.reads.meanwhile = block
        await stage.channel.join(ada.connection, ref=1)
        await asyncio.gather(*looks)
        assert present(ada) == (["ada"] if is_told else ["ben", "ada"]), "without the second look the block is missed"
        stage.channel.leave(ada.connection)
        ada.writer.frames.clear()


async def test_a_second_look_waits_for_a_database_that_is_away(
    transactional_db: None, ada: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.actions.conversations import start_conversation

    monkeypatch.setattr(second_looks, "RETRY_S", 0.01)
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    name = CONVERSATION_LIVE.name_for(conversation_id=conversation.id)
    hub = Hub()
    reader = Reader(name)
    reader.connection.caller = Caller(user_id=ada.id, username="ada", role="END_USER")
    hub.add(reader.connection)
    hub.attendance.identify(reader.connection)
    await hub.subscribe(reader.connection, TopicRequest(topic=name), ref=1)
    conversation.memberships.filter(user_id=ada.id).delete()
    run, failures = hub.reads.run, [TemporarilyUnavailable(), TemporarilyUnavailable()]

    async def fail_twice(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return await run(*arguments)

    monkeypatch.setattr(hub.reads, "run", fail_twice)
    await second_looks.look_again(hub, user_ids=[ada.id])

    assert (failures, reader.connection.topics, hub.channels[name].member_count) == ([], set(), 0)
    assert [(frame["code"], frame["topic"]) for frame in reader.of("error")] == [("forbidden", name)]
