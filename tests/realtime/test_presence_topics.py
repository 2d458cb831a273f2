"""Who is here and who is typing, between two web processes: shown to whom it concerns, and over within a second."""

import pytest
from django.test import Client as Browser
from touchline_client import CallRefused, TopicRefused
from touchline_client.testing import Client

from accounts.actions.people import suspend_person
from accounts.actions.profiles import change_profile
from accounts.models import User
from accounts.schemas import ChangeProfile
from community.actions.conversations import block_person, send_message, unblock_person
from community.actions.decisions import Decision
from community.actions.forum import post_reply
from community.actions.moderation import hide_post
from tests.realtime.gatherings import SOON_S, OpenClient, id_in, names, shows, talk_of, thread_of
from tests.realtime.processes import WebServer


async def outcome_of(client: Client, topic: str) -> str:
    try:
        await client.subscribe(topic)
    except TopicRefused as refused:
        return refused.code
    return "heard"


async def refusal_of(client: Client, topic: str) -> str:
    with pytest.raises(CallRefused) as refused:
        await client.ask({"op": "typing", "topic": topic})
    return refused.value.code


@pytest.mark.parametrize(
    ("who", "talk", "list_of_ada"),
    [
        ("ada", "heard", "heard"),
        ("ben", "heard", "forbidden"),
        ("cleo", "forbidden", "forbidden"),
        ("mod", "forbidden", "forbidden"),
        (None, "forbidden", "forbidden"),
    ],
)
async def test_who_may_hear(
    open_client: OpenClient,
    request: pytest.FixtureRequest,
    ada: User,
    ben: User,
    who: str | None,
    talk: str,
    list_of_ada: str,
) -> None:
    user = request.getfixturevalue(who) if who else None

    async with open_client(user) as client:
        assert await outcome_of(client, talk_of(ada, ben)) == talk
        assert await outcome_of(client, f"contacts:{ada.id}") == list_of_ada
        assert await outcome_of(client, thread_of(ada)) == "heard"


async def test_a_stranger_hears_nothing_of_a_conversation(
    open_client: OpenClient, open_there: OpenClient, ada: User, ben: User, cleo: User
) -> None:
    talk = talk_of(ada, ben)
    async with open_client(ada) as client, open_there(ben) as other, open_client(cleo) as stranger:
        assert await outcome_of(stranger, talk) == "forbidden"
        lobby = await stranger.subscribe("lobby:scores")
        topic = await client.subscribe(talk)
        await other.subscribe(talk)
        await other.typing(talk)
        await topic.until(shows("ben", part="typing"))
        await stranger.ping()

        assert [frame.get("topic") for frame in stranger.errors] == [talk]
        assert len(lobby.events) == 1
        assert await refusal_of(stranger, talk) == "forbidden"


async def test_two_people_at_two_processes_see_each_other_come_and_go(
    open_client: OpenClient, open_there: OpenClient, ada: User, ben: User
) -> None:
    talk = talk_of(ada, ben)
    async with open_client(ada) as client:
        topic = await client.subscribe(talk)
        assert topic.lane == "ephemeral"
        assert (names(topic), topic.ephemeral.image["people"]) == (["ada"], 1)
        async with open_there(ben) as other:
            there = await other.subscribe(talk)
            await there.until(shows("ada", "ben"), timeout=SOON_S)
            await topic.until(shows("ada", "ben"), timeout=SOON_S)
        await topic.until(shows("ada"), timeout=SOON_S)

        assert [change["type"] for change in topic.changes] == [
            "presence.arrived",
            "presence.counted",
            "presence.left",
            "presence.counted",
        ]
        assert topic.image_count == 1


async def test_a_second_tab_at_another_process_changes_nothing(
    open_client: OpenClient, open_there: OpenClient, ada: User, ben: User, cleo: User
) -> None:
    thread = thread_of(ada)
    async with open_client(ada) as client, open_client(ben) as tab, open_there(ben) as other_tab, open_there(cleo) as c:
        topic = await client.subscribe(thread)
        await tab.subscribe(thread)
        await other_tab.subscribe(thread)
        await c.subscribe(thread)  # told after the other tab of its process
        await topic.until(shows("ada", "ben", "cleo"))
        assert topic.ephemeral.image["people"] == 3

        await tab.unsubscribe(thread)
        await c.unsubscribe(thread)  # told after the tab had left
        await topic.until(shows("ada", "ben"), timeout=SOON_S)
        await other_tab.unsubscribe(thread)
        await topic.until(shows("ada"), timeout=SOON_S)

        arrived = [change["person"]["username"] for change in topic.changes if change["type"] == "presence.arrived"]
        assert arrived == ["ben", "cleo"]


@pytest.mark.parametrize("how", ["close", "cut", "log_out", "suspend"])
async def test_whose_socket_ends_is_gone(
    open_client: OpenClient, second_web: WebServer, ada: User, ben: User, mod: User, how: str
) -> None:
    talk = talk_of(ada, ben)
    browser = Browser()
    browser.force_login(ben)
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    leaving = Client(second_web.url, cookie=cookie, origin=second_web.origin, reconnect=False)
    async with open_client(ada) as client, leaving:
        topic = await client.subscribe(talk)
        await leaving.subscribe(talk)
        await topic.until(shows("ada", "ben"))

        if how == "close":
            await leaving.__aexit__()
        elif how == "cut":
            leaving.cut()
        elif how == "log_out":
            browser.delete("/_allauth/browser/v1/auth/session")
        else:
            suspend_person(user_id=ben.id, actor_id=mod.id, reason="fraud")
        await topic.until(shows("ada"), timeout=SOON_S)


async def test_typing_is_seen_and_ends_with_the_message(
    open_client: OpenClient, open_there: OpenClient, ada: User, ben: User
) -> None:
    talk = talk_of(ada, ben)
    async with open_client(ada) as client, open_there(ben) as other:
        topic, there = await client.subscribe(talk), await other.subscribe(talk)
        await other.typing(talk)
        await topic.until(shows("ben", part="typing"), timeout=SOON_S)
        await there.until(shows("ben", part="typing"), timeout=SOON_S)

        send_message(conversation_id=id_in(talk), sender_id=ben.id, body="There")
        await topic.until(shows(part="typing"), timeout=SOON_S)
        await there.until(shows(part="typing"), timeout=SOON_S)

        assert (await client.ask({"op": "typing", "topic": talk})) == {}
        await there.until(shows("ada", part="typing"), timeout=SOON_S)


async def test_typing_in_a_thread_ends_by_itself(open_client: OpenClient, open_there: OpenClient, ada: User) -> None:
    thread = thread_of(ada)
    async with open_client(ada) as client, open_there() as visitor:
        await client.subscribe(thread)
        topic = await visitor.subscribe(thread)
        await client.typing(thread)
        await topic.until(shows("ada", part="typing"))
        await topic.until(shows(part="typing"), timeout=15)

        post_reply(thread_id=id_in(thread), author_id=ada.id, content="Late indeed")
        assert names(topic) == ["ada"]


async def test_typing_is_refused_where_it_could_not_be_sent(
    open_client: OpenClient, ada: User, ben: User, mod: User
) -> None:
    talk, thread = talk_of(ada, ben), thread_of(ada)
    async with open_client(ada) as client, open_client() as visitor, open_client(mod) as staff:
        assert await refusal_of(client, talk) == "forbidden", "it is not heard yet"
        await client.subscribe("lobby:scores")
        assert await refusal_of(client, "lobby:scores") == "forbidden"
        assert await refusal_of(client, "nothing:of:ours") == "forbidden"
        await visitor.subscribe(thread)
        assert await refusal_of(visitor, thread) == "not_authenticated"
        hide_post(post_id=id_in(thread), decision=Decision(actor_id=mod.id, reason="spam"))
        await staff.subscribe(thread)
        assert await refusal_of(staff, thread) == "not_found"
        block_person(blocker_id=ben.id, blocked_id=ada.id)
        await client.subscribe(talk)
        assert await refusal_of(client, talk) == "blocked"
        await visitor.typing(talk)
        assert await refusal_of(visitor, talk) == "forbidden"

        assert [(frame["code"], "topic" in frame, "ref" in frame) for frame in visitor.errors][-1:] == [
            ("forbidden", False, False)
        ]


async def test_a_block_hides_the_two_from_each_other_at_once(
    open_client: OpenClient, open_there: OpenClient, ada: User, ben: User, cleo: User
) -> None:
    talk, thread = talk_of(ada, ben), thread_of(cleo)
    async with open_client(ada) as client, open_there(ben) as other, open_there(cleo) as third:
        hers = [await client.subscribe(talk), await client.subscribe(thread)]
        his = [await other.subscribe(talk), await other.subscribe(thread)]
        everybody = await third.subscribe(thread)
        contacts = await client.subscribe(f"contacts:{ada.id}")
        await hers[0].until(shows("ada", "ben"))
        await hers[1].until(shows("ada", "ben", "cleo"))
        await contacts.until(lambda each: each.ephemeral.image == {"online": [str(ben.id)]})

        block_person(blocker_id=ada.id, blocked_id=ben.id)
        await hers[0].until(shows("ada"), timeout=SOON_S)
        await hers[1].until(shows("ada", "cleo"), timeout=SOON_S)
        await his[0].until(shows("ben"), timeout=SOON_S)
        await his[1].until(shows("ben", "cleo"), timeout=SOON_S)
        await contacts.until(lambda each: each.ephemeral.image == {"online": []}, timeout=SOON_S)
        assert [topic.ephemeral.image["people"] for topic in (*hers, *his)] == [1, 2, 1, 2]
        assert names(everybody) == ["ada", "ben", "cleo"]

        unblock_person(blocker_id=ada.id, blocked_id=ben.id)
        await hers[0].until(shows("ada", "ben"), timeout=SOON_S)
        await his[1].until(shows("ada", "ben", "cleo"), timeout=SOON_S)


async def test_who_stays_private_is_counted_in_a_thread_and_named_to_whom_they_write(
    open_client: OpenClient, open_there: OpenClient, ada: User, ben: User
) -> None:
    talk, thread = talk_of(ada, ben), thread_of(ada)
    change_profile(user_id=ben.id, command=ChangeProfile(public_access=False))
    async with open_client(ada) as client, open_there(ben) as other:
        in_thread, in_talk = await client.subscribe(thread), await client.subscribe(talk)
        contacts = await client.subscribe(f"contacts:{ada.id}")
        await other.subscribe(thread)
        await other.subscribe(talk)
        await in_thread.until(lambda each: each.ephemeral.image["people"] == 2)
        await in_talk.until(shows("ada", "ben"))
        assert names(in_thread) == ["ada"]
        assert contacts.ephemeral.image == {"online": []}

        change_profile(user_id=ben.id, command=ChangeProfile(public_access=True))
        await in_thread.until(shows("ada", "ben"), timeout=SOON_S)


async def test_a_hidden_thread_is_left_by_everybody_but_moderators(
    open_client: OpenClient, open_there: OpenClient, ada: User, mod: User
) -> None:
    thread = thread_of(ada)
    async with open_client() as visitor, open_there(ada) as author, open_there(mod) as staff:
        await visitor.subscribe(thread)
        await author.subscribe(thread)
        topic = await staff.subscribe(thread)
        await topic.until(lambda each: (names(each), each.ephemeral.image["visitors"]) == (["ada", "mod"], 1))

        hide_post(post_id=id_in(thread), decision=Decision(actor_id=mod.id, reason="spam"))
        await topic.until(lambda each: (names(each), each.ephemeral.image["visitors"]) == (["mod"], 0), timeout=SOON_S)

        assert [(frame["code"], frame["topic"]) for frame in (*visitor.errors, *author.errors)] == [
            ("forbidden", thread)
        ] * 2


async def test_a_visitor_who_proves_who_they_are_is_named(
    open_client: OpenClient, open_there: OpenClient, web: WebServer, ada: User, ben: User
) -> None:
    thread = thread_of(ada)
    browser = Browser()
    browser.force_login(ben)
    ticket = browser.post("/api/socket-ticket").json()["ticket"]
    async with open_there(ada) as client, open_client() as newcomer:
        topic = await client.subscribe(thread)
        await newcomer.subscribe(thread)
        await topic.until(lambda each: each.ephemeral.image["visitors"] == 1)
        await newcomer.renew(ticket)
        await topic.until(shows("ada", "ben"), timeout=SOON_S)

        assert topic.ephemeral.image | {"present": []} == {"present": [], "typing": [], "people": 2, "visitors": 0}


async def test_contacts_come_online_and_go(
    open_client: OpenClient, open_there: OpenClient, ada: User, ben: User, cleo: User
) -> None:
    talk_of(ada, ben)
    async with open_client(ada) as client, open_there(cleo):
        contacts = await client.subscribe(f"contacts:{ada.id}")
        assert contacts.ephemeral.image == {"online": []}
        async with open_there(ben):
            await contacts.until(lambda each: each.ephemeral.image == {"online": [str(ben.id)]})
        await contacts.until(lambda each: each.ephemeral.image == {"online": []})

        talk_of(ada, cleo)
        await contacts.until(lambda each: each.ephemeral.image == {"online": [str(cleo.id)]}, timeout=SOON_S)
