"""Stops at large: an event, a sport, all betting. What they change, who hears of it, who is on record."""

import pytest

from accounts.models import User
from betting.actions.market_status import suspend_market
from betting.actions.stops import resume_event, set_switch, show_switches, suspend_event
from betting.core.switches import Switches, SwitchState
from betting.models import BettingSwitch, DeskRecord, EventBook, Market
from betting.queries.markets import list_lobby_keys, list_price_keys
from betting.queries.switches import list_event_ids_behind_switches, read_switches
from betting.tasks import show_switches as run_show_switches
from project.kit.errors import NotFound, VersionConflict
from project.kit.ids import new_id
from project.kit.topics import Keyed
from sports.models import Event
from tests.betting.desk import apply_message, goal, listening, make_live_priced_event, prices_topic, selection_of

pytestmark = pytest.mark.django_db


def shown(event: Event) -> set[str]:
    """The statuses of the markets in the image that a client joins with."""
    return {key.value["status"] for key in list_price_keys(event.pk) if key.value and "status" in key.value}


def as_values(keys: list[Keyed]) -> dict[str, tuple[int, object]]:
    return {key.key: (key.version, key.value) for key in keys}


def test_a_suspended_event_shows_every_market_suspended_until_it_is_resumed(mod: User) -> None:
    event = make_live_priced_event()
    before = EventBook.objects.get(event_id=event.pk)

    suspend_event(actor_id=mod.id, event_id=event.pk, reason="No picture")
    assert shown(event) == {"suspended"}
    assert list_lobby_keys([event.pk])[0].value is not None
    assert list_lobby_keys([event.pk])[0].value["status"] == "suspended"  # type: ignore[index]  # looked at above
    book = EventBook.objects.get(event_id=event.pk)
    assert (book.is_suspended, book.stop_count, book.version) == (True, before.stop_count + 1, before.version + 1)
    with pytest.raises(VersionConflict):
        suspend_event(actor_id=mod.id, event_id=event.pk, reason="Again")

    resume_event(actor_id=mod.id, event_id=event.pk, reason="Picture is back")
    assert shown(event) == {"active"}
    assert EventBook.objects.get(event_id=event.pk).stop_count == before.stop_count + 1
    records = DeskRecord.objects.filter(subject=f"event:{event.pk}").order_by("id")
    assert [(row.actor_id, row.reason, row.before, row.after) for row in records] == [
        (mod.id, "No picture", {"is_suspended": False}, {"is_suspended": True}),
        (mod.id, "Picture is back", {"is_suspended": True}, {"is_suspended": False}),
    ]


@pytest.mark.django_db(transaction=True)
def test_who_listens_hears_it_and_stands_where_the_image_does(mod: User) -> None:
    event = make_live_priced_event()
    values = as_values(list_price_keys(event.pk))

    with listening(prices_topic(event.pk), "lobby:prices") as ear:
        suspend_event(actor_id=mod.id, event_id=event.pk, reason="No picture")
        [prices, lobby] = ear.hear()
        apply_message(values, prices)
        assert [value["status"] for _, _, value in lobby["k"]] == ["suspended"]
        assert values == as_values(list_price_keys(event.pk))
        goal(event, "home", 30)  # opens the next market, which is shown suspended too
        for message in ear.hear():
            if any(key.startswith(("m:", "s:")) for key, _, _ in message["k"]):
                apply_message(values, message)
    assert values == as_values(list_price_keys(event.pk))
    assert shown(event) <= {"suspended", "inactive"}


def test_a_market_stopped_by_itself_stays_so(mod: User) -> None:
    event = make_live_priced_event()
    market = selection_of(event, "1x2", "home").market
    suspend_market(actor_id=mod.id, market_id=market.id, reason="Strange bets")
    suspend_event(actor_id=mod.id, event_id=event.pk, reason="No picture")
    resume_event(actor_id=mod.id, event_id=event.pk, reason="Picture is back")

    assert shown(event) == {"active", "suspended"}
    row = Market.objects.get(id=market.id)
    assert (row.status, row.stop_count) == ("suspended", 1)


def test_a_switch_is_shown_on_every_open_event_of_its_scope(mod: User) -> None:
    events = [make_live_priced_event(), make_live_priced_event()]
    assert list_event_ids_behind_switches() == []

    set_switch(actor_id=mod.id, scope="sport:football", is_stopped=True, reason="Feed is wrong")
    assert sorted(list_event_ids_behind_switches()) == sorted(event.pk for event in events)
    run_show_switches()
    assert [shown(event) for event in events] == [{"suspended"}, {"suspended"}]
    assert list_event_ids_behind_switches() == []
    assert show_switches(event_id=events[0].pk) == 0

    set_switch(actor_id=mod.id, scope="all", is_stopped=True, reason="Kill switch")
    set_switch(actor_id=mod.id, scope="sport:football", is_stopped=False, reason="Feed is right")
    run_show_switches()
    assert shown(events[0]) == {"suspended"}
    set_switch(actor_id=mod.id, scope="all", is_stopped=False, reason="All clear")
    run_show_switches()
    assert shown(events[0]) == {"active"}
    switches = read_switches()
    assert (switches.is_stopped("football"), switches.stop_count("football"), switches.version("football")) == (
        False,
        2,
        4,
    )
    assert DeskRecord.objects.filter(change="switch").count() == 4


def test_an_event_priced_under_a_stop_opens_suspended(mod: User) -> None:
    set_switch(actor_id=mod.id, scope="all", is_stopped=True, reason="Kill switch")
    assert shown(make_live_priced_event()) == {"suspended"}


def test_what_is_no_switch_and_what_stands_already(mod: User) -> None:
    for scope in ("", "sport:", "sport:croquet-of-no-place", "event:1"):
        with pytest.raises(NotFound):
            set_switch(actor_id=mod.id, scope=scope, is_stopped=True, reason="x")
    with pytest.raises(VersionConflict):
        set_switch(actor_id=mod.id, scope="all", is_stopped=False, reason="x")
    with pytest.raises(NotFound):
        suspend_event(actor_id=mod.id, event_id=new_id(), reason="x")
    assert BettingSwitch.objects.count() == DeskRecord.objects.count() == 0


def test_a_stop_of_all_is_a_stop_of_each_sport() -> None:
    switches = Switches({"all": SwitchState(is_stopped=True, stop_count=3, version=5)})
    assert switches.is_stopped("tennis")
    assert Switches({"sport:tennis": SwitchState(is_stopped=True)}).is_stopped("football") is False
    assert (switches.stop_count("tennis"), switches.version("tennis")) == (3, 5)
