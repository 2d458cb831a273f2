"""A settled slip and a message to somebody who is away become notifications: stored, counted, live."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser

from accounts.models import User
from betting.actions.grade_event import grade_event
from betting.actions.pools.settle_pool import settle_pool_by_results
from betting.actions.set_results import Order, roll_back_results, set_results
from betting.actions.settle_event import settle_event
from betting.core.grading import Grade
from betting.events import PersonSlips, SlipsSettled
from betting.models import BetSlip
from community.actions.conversations import mark_read, send_message, start_conversation
from community.models import Conversation
from project.kit import clock
from project.kit.events import publish
from project.kit.idempotency import CommandKey
from project.kit.ids import new_id
from project.kit.models import OutboxChange
from project.kit.reactions import drain_reactions
from realtime.actions.notifications import Tidings, change_preference, notify, read_notifications
from realtime.models import Notification
from realtime.presence import address_key, announce, is_present, person_key
from realtime.queries.notifications import get_unread_notifications
from sports.actions import start_event
from tests.betting.desk import bet, fund, make_priced_event, selection_of
from tests.betting.pools import make_pool, stake
from tests.betting.slips import Pick, write_slip
from tests.sports.matches import end_match, score_goal

pytestmark = pytest.mark.django_db


def write(conversation: Conversation, sender: User, body: str = "hello") -> Any:
    key = CommandKey(sender.id, str(new_id()), "fingerprint")
    return send_message(conversation_id=conversation.id, sender_id=sender.id, body=body, command_key=key)


def tidings(user: User, source_key: str = "slip:1:1") -> Tidings:
    return Tidings(
        user_id=user.id, kind="slip_settled", source_key=source_key, title="Won", message="M", link="/bets/1"
    )


def changes_of(user: User) -> list[dict[str, Any]]:
    """What realtime sent on a person's stream."""
    rows = OutboxChange.objects.filter(stream=f"user:{user.id}", payload__type__startswith="notification.")
    return list(rows.order_by("seq").values_list("payload", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_message_to_an_absent_person_becomes_one_notification_per_conversation(ada: User, ben: User) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    drain_reactions()

    write(conversation, ada, "the secret")
    drain_reactions()
    write(conversation, ada)
    write(conversation, ada)
    drain_reactions()

    (notification,) = Notification.objects.filter(user=ben)
    assert notification.title == "3 new messages from ada"
    assert "secret" not in str(notification.__dict__)
    assert notification.link == f"/messages/{conversation.id}"
    assert get_unread_notifications(ben.id) == 1
    assert Notification.objects.filter(user=ada).count() == 0
    sent = [change["notification"]["title"] for change in changes_of(ben)]
    assert sent == ["New message from ada", "3 new messages from ada"]
    assert len({change["notification"]["id"] for change in changes_of(ben)}) == 1


@pytest.mark.django_db(transaction=True)
def test_after_reading_it_the_next_message_is_a_new_notification(ada: User, ben: User) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    message = write(conversation, ada)
    drain_reactions()
    read_notifications(user_id=ben.id, ids=None)
    mark_read(conversation_id=conversation.id, reader_id=ben.id, seq=message.seq)

    write(conversation, ada)
    drain_reactions()

    titles = Notification.objects.filter(user=ben).order_by("timestamp").values_list("title", "status")
    assert list(titles) == [("New message from ada", "read"), ("New message from ada", "sent")]


@pytest.mark.django_db(transaction=True)
def test_a_person_with_an_open_socket_is_not_notified_of_messages(ada: User, ben: User) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    announce({person_key(ben.id): 1}, "hub")

    write(conversation, ada)
    drain_reactions()

    assert Notification.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_message_that_was_read_meanwhile_is_not_told(ada: User, ben: User) -> None:
    conversation = start_conversation(starter_id=ada.id, other_id=ben.id)
    message = write(conversation, ada)
    mark_read(conversation_id=conversation.id, reader_id=ben.id, seq=message.seq)

    drain_reactions()

    assert Notification.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("goals", "title"), [(("home",), "Your slip won: {win} returned"), (("away",), "Your slip lost: 10.00 staked")]
)
def test_a_settled_slip_is_told_always_and_once(ada: User, goals: tuple[Any, ...], title: str) -> None:
    from betting.actions.grade_event import grade_event
    from betting.actions.settle_event import settle_event
    from sports.actions import start_event
    from tests.betting.desk import bet, fund, make_priced_event, selection_of
    from tests.sports.matches import end_match, score_goal

    fund(ada)
    announce({person_key(ada.id): 1}, "hub")
    event = make_priced_event()
    slip = bet(ada, selection_of(event, "1x2", "home"), price_policy="any")
    start_event(event_id=event.pk)
    for minute, side in enumerate(goals, start=1):
        score_goal(event, side, minute=minute)
    end_match(event)
    grade_event(event_id=event.pk)
    settle_event(event_id=event.pk)
    drain_reactions()
    drain_reactions()

    (notification,) = Notification.objects.filter(user=ada)
    assert notification.title == title.format(win=slip.potential_win)
    assert notification.data["slip_id"] == str(slip.id)
    assert notification.link == f"/bets/{slip.id}"
    assert [change["unread"] for change in changes_of(ada)] == [1]


@pytest.mark.django_db(transaction=True)
def test_a_result_that_is_taken_back_is_told_too(ada: User) -> None:
    fund(ada)
    announce({person_key(ada.id): 1}, "hub")
    home = selection_of(make_priced_event(), "1x2", "home")
    slip = bet(ada, home, price_policy="any")
    drain_reactions()
    assert Notification.objects.count() == 0

    set_results(market_id=home.market_id, grades={home.id: Grade("won")}, order=Order("By hand", clock.now()))
    settle_event(event_id=home.market.event_id)
    drain_reactions()
    roll_back_results(market_id=home.market_id, order=Order("Too soon", clock.now()))
    settle_event(event_id=home.market.event_id)
    drain_reactions()

    told = Notification.objects.filter(user=ada).order_by("timestamp", "id")
    assert [(one.title, one.data["status"], one.data["payout"]) for one in told] == [
        (f"Your slip won: {slip.potential_win} returned", "won", str(slip.potential_win)),
        ("Settlement taken back. Your slip is open again", "accepted", "0.00"),
    ]
    assert {one.data["odds"] for one in told} == {str(slip.legs[0].odds)}
    assert {one.message for one in told} == {f"{home.name} at {slip.legs[0].odds}, {home.market.event.name}"}


def test_a_settled_multiple_is_of_no_single_event(ada: User) -> None:
    fund(ada)
    picks = [Pick(selection_of(make_priced_event(), "1x2", outcome), 2_000) for outcome in ("home", "draw")]
    slip = write_slip(ada, picks, bet_type="accumulator")
    BetSlip.objects.filter(id=slip.id).update(
        status="lost", payout_minor=0, uncapped_minor=0, settlement_no=1, settled_at=clock.now()
    )
    with transaction.atomic():
        event_id = picks[0].selection.market.event_id
        publish(SlipsSettled(event_id=event_id, people=[PersonSlips(user_id=ada.id, slip_ids=[slip.id])]))

    drain_reactions()

    (notification,) = Notification.objects.filter(user=ada)
    first = picks[0].selection
    assert notification.message == f"{first.name} at 2.00, {first.market.event.name} and 1 more"
    assert notification.data["event_id"] is None


def test_an_event_about_slips_that_are_not_settled_tells_nothing(ada: User) -> None:
    with transaction.atomic():
        publish(SlipsSettled(event_id=new_id(), people=[PersonSlips(user_id=ada.id, slip_ids=[new_id()])]))

    drain_reactions()

    assert Notification.objects.count() == 0


def test_the_same_is_told_once(ada: User) -> None:
    notify([tidings(ada), tidings(ada)])

    assert notify([tidings(ada)]) == []
    assert Notification.objects.count() == 1
    assert [change["type"] for change in changes_of(ada)] == ["notification.created"]


def test_unread_counts_what_is_not_read(ada: User, ben: User) -> None:
    first, second = notify([tidings(ada, "a"), tidings(ada, "b")])
    notify([tidings(ben, "a")])

    assert read_notifications(user_id=ada.id, ids=[first.id]) == 1
    assert read_notifications(user_id=ada.id, ids=[first.id]) == 1
    assert read_notifications(user_id=ada.id, ids=None) == 0
    assert get_unread_notifications(ben.id) == 1
    assert [(change["type"], change["unread"]) for change in changes_of(ada)] == [
        ("notification.created", 2),
        ("notification.created", 2),
        ("notification.read", 1),
        ("notification.read", 0),
    ]
    assert second.user_id == ada.id


def test_nobody_reads_for_somebody_else(ada: User, ben: User) -> None:
    (notification,) = notify([tidings(ada)])

    assert read_notifications(user_id=ben.id, ids=[notification.id]) == 0
    assert get_unread_notifications(ada.id) == 1


def test_an_unwanted_kind_is_not_told(ada: User) -> None:
    change_preference(user_id=ada.id, kind="slip_settled", channel="in_app", is_enabled=False)

    assert notify([tidings(ada)]) == []
    change_preference(user_id=ada.id, kind="slip_settled", channel="in_app", is_enabled=True)
    assert len(notify([tidings(ada)])) == 1


def test_presence_is_the_sum_of_hubs_that_live(ada: User) -> None:
    key = person_key(ada.id)

    assert not is_present(ada.id)
    assert announce({key: 2}, "one") == {key: 0}
    assert announce({key: 1, "presence:address:::1": 4}, "two") == {key: 2, "presence:address:::1": 0}
    announce({key: 0}, "one")
    assert is_present(ada.id)
    announce({key: 0}, "two")
    assert not is_present(ada.id)
    assert address_key("::1") != key


async def test_sockets_that_a_dead_hub_still_claims_put_off_but_do_not_shut_out(
    transactional_db: None, ada: User
) -> None:
    from project.kit.callers import Caller
    from realtime.hub.connection import Connection
    from realtime.hub.hub import Hub
    from tests.realtime.channels import MemoryWriter

    announce({person_key(ada.id): 10}, "killed")
    hub, writer = Hub(), MemoryWriter()
    connection = Connection(writer)
    connection.caller = Caller(user_id=ada.id)

    hub.attendance.identify(connection)
    await hub.attendance.settle()

    assert writer.closed_with == 4409
    assert writer.frames[-1]["reconnect"] is True
    assert 5_000 <= writer.frames[-1]["retry_ms"] <= 10_000


def test_the_lists_and_routes_of_notifications(ada: User, ben: User) -> None:
    notify([tidings(ada, "a"), tidings(ada, "b"), tidings(ben, "c")])
    browser = Browser()
    browser.force_login(ada)

    page = browser.get("/api/notifications?limit=1").json()
    following = browser.get(f"/api/notifications?limit=1&cursor={page['next_cursor']}").json()
    body = {"ids": [page["items"][0]["id"]]}
    answer = browser.post("/api/notifications/read", body, content_type="application/json")

    assert set(page["items"][0]) == {"id", "kind", "title", "message", "link", "status", "timestamp", "data"}
    assert (page["items"][0]["status"], following["next_cursor"]) == ("sent", None)
    assert answer.json() == {"unread": 1}
    assert browser.get("/api/notifications?limit=1").json()["items"][0]["status"] == "read"
    assert browser.get("/api/me").json()["unread"] == {"messages": 0, "notifications": 1}


def test_preferences_are_a_whole_matrix(ada: User) -> None:
    browser = Browser()
    browser.force_login(ada)
    cell = {"kind": "message_received", "channel": "in_app", "is_enabled": False}

    before = browser.get("/api/notifications/preferences").json()
    after = browser.put("/api/notifications/preferences", cell, content_type="application/json").json()

    assert before == [
        {"kind": "slip_settled", "channel": "in_app", "is_enabled": True},
        {"kind": "pool_settled", "channel": "in_app", "is_enabled": True},
        {"kind": "withdrawal_ended", "channel": "in_app", "is_enabled": True},
        {"kind": "message_received", "channel": "in_app", "is_enabled": True},
    ]
    assert after == [*before[:3], cell]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/notifications"),
        ("post", "/api/notifications/read"),
        ("get", "/api/notifications/preferences"),
        ("put", "/api/notifications/preferences"),
        ("post", "/api/socket-ticket"),
    ],
)
def test_a_visitor_has_no_notifications(method: str, path: str) -> None:
    bodies = {"put": {"kind": "slip_settled", "channel": "in_app", "is_enabled": True}, "post": {"ids": None}}

    response = getattr(Browser(), method)(path, bodies.get(method, {}), content_type="application/json")

    assert response.status_code == 401
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.django_db(transaction=True)
def test_a_divided_pool_tells_everybody_with_a_ticket_once(ada: User, ben: User) -> None:
    event = make_priced_event()
    for person in (ada, ben):
        fund(person)
    pool = make_pool(ada, event, name="Derby day")
    stake(ada, pool, selection_of(event, "1x2", "home"), "10.00")
    stake(ben, pool, selection_of(event, "1x2", "away"), "20.00")
    start_event(event_id=event.pk)
    score_goal(event, "home", minute=1)
    end_match(event)
    grade_event(event_id=event.pk)

    settle_pool_by_results(pool_id=pool.id)
    drain_reactions()
    drain_reactions()

    told = Notification.objects.filter(kind="pool_settled").order_by("user__username")
    assert [(one.user.username, one.title, one.message, one.link) for one in told] == [
        ("ada", "Your pool paid 27.00 for 10.00 staked", "Derby day", f"/pools/{pool.id}"),
        ("ben", "Your pool went to others: 20.00 staked", "Derby day", f"/pools/{pool.id}"),
    ]
