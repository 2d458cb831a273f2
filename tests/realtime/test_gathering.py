"""Who is here and who is typing, as plain values: several hubs, a clock of the test, what makes one view another."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from touchline_client import apply_change

from realtime.core.gathering import ALIVE_FOR_S, Gathering, GatheringView, Roster
from realtime.core.limits import PEOPLE_SHOWN, ROSTER_GUESTS, TYPING_FOR_S, TYPING_SHOWN

NOBODY: frozenset[str] = frozenset()


def person(name: str) -> dict[str, Any]:
    return {"id": name, "username": name, "display_name": name.title()}


def arrive(gathering: Gathering, name: str, at_ms: int = 0) -> None:
    gathering.arrive(name, person(name), at_ms=at_ms)


def names_of(view: GatheringView) -> tuple[list[str], list[str], int, int]:
    return list(view.present), list(view.typing), view.people, view.visitors


def tell(here: Gathering, there: Gathering, *, at: float = 0.0, hub_id: str = "here") -> None:
    """What a hub's announcement does at another."""
    there.hear_roster(hub_id, Roster.of_json(here.call_roll().to_json()), until=at + ALIVE_FOR_S)
    there.hear_typing(hub_id, here.list_typing_here(), at=at)


def test_a_person_with_two_tabs_is_here_once_and_until_the_last_is_closed() -> None:
    gathering = Gathering()
    arrive(gathering, "ada")
    arrive(gathering, "ada")

    assert names_of(gathering.view(NOBODY)) == (["ada"], [], 1, 0)
    gathering.leave("ada")
    assert names_of(gathering.view(NOBODY)) == (["ada"], [], 1, 0)
    gathering.leave("ada")
    assert names_of(gathering.view(NOBODY)) == ([], [], 0, 0)


def test_a_person_at_two_hubs_is_here_once() -> None:
    here, there = Gathering(), Gathering()
    arrive(here, "ada", at_ms=2)
    arrive(there, "ada", at_ms=1)
    arrive(there, "ben", at_ms=3)
    tell(there, here, hub_id="there")

    assert names_of(here.view(NOBODY)) == (["ada", "ben"], [], 2, 0)


def test_visitors_and_people_who_stay_private_are_counted_and_not_named() -> None:
    here, there = Gathering(), Gathering()
    here.arrive(None, None, at_ms=0)
    there.arrive(None, None, at_ms=0)
    there.arrive("cleo", None, at_ms=0)
    there.type("cleo", at=0)
    tell(there, here)

    assert names_of(here.view(NOBODY)) == ([], [], 1, 2)


def test_whom_a_reader_must_not_see_is_neither_named_nor_counted() -> None:
    gathering = Gathering()
    arrive(gathering, "ada")
    arrive(gathering, "ben")
    gathering.type("ben", at=0)

    assert names_of(gathering.view(frozenset({"ben", "cleo"}))) == (["ada"], [], 1, 0)
    assert names_of(gathering.view(NOBODY)) == (["ada", "ben"], ["ben"], 2, 0)


def test_a_hub_that_falls_silent_is_forgotten_with_its_people() -> None:
    here, there = Gathering(), Gathering()
    arrive(there, "ben")
    there.type("ben", at=0)
    tell(there, here, at=0)

    here.expire(ALIVE_FOR_S - 0.1)
    assert names_of(here.view(NOBODY)) == (["ben"], [], 1, 0)
    tell(there, here, at=ALIVE_FOR_S - 0.1)
    here.expire(ALIVE_FOR_S)
    assert names_of(here.view(NOBODY))[0] == ["ben"]
    here.expire(2 * ALIVE_FOR_S)
    assert names_of(here.view(NOBODY)) == ([], [], 0, 0)
    assert here.find_next_expiry() is None


def test_an_older_roster_changes_nothing() -> None:
    here, there = Gathering(), Gathering()
    arrive(there, "ben")
    old = there.call_roll()
    there.leave("ben")
    here.hear_roster("there", there.call_roll(), until=10)
    here.hear_roster("there", old, until=10)

    assert names_of(here.view(NOBODY)) == ([], [], 0, 0)


def test_typing_ends_after_six_seconds_here_and_elsewhere() -> None:
    here, there = Gathering(), Gathering()
    arrive(here, "ada")
    here.type("ada", at=100.0)
    tell(here, there, at=100.0)

    assert here.find_next_expiry() == 100.0 + TYPING_FOR_S
    assert here.expire(105.9) is False
    assert there.expire(105.9) is False
    assert (list(here.view(NOBODY).typing), list(there.view(NOBODY).typing)) == (["ada"], ["ada"])
    assert here.expire(106.0) is True, "the other hubs must hear of it"
    assert there.expire(106.0) is False, "it is not this hub's to tell"
    assert (list(here.view(NOBODY).typing), list(there.view(NOBODY).typing)) == ([], [])


def test_typing_is_heard_every_three_seconds_and_a_little_jitter_does_not_matter() -> None:
    gathering = Gathering()
    arrive(gathering, "ada")

    tries = [gathering.may_type_now("ada", at=at) for at in (10.0, 10.1, 12.4, 12.9, 15.8)]

    assert tries == [True, False, False, True, True]


def test_what_was_said_is_typed_no_more_wherever_it_was_said() -> None:
    here, there = Gathering(), Gathering()
    arrive(here, "ada")
    here.type("ada", at=0)
    tell(here, there)

    assert (here.say("ada"), there.say("ada")) == (True, False)
    assert (list(here.view(NOBODY).typing), list(there.view(NOBODY).typing)) == ([], [])


def test_who_left_types_no_more() -> None:
    here, there = Gathering(), Gathering()
    arrive(here, "ada")
    here.type("ada", at=0)
    tell(here, there)
    here.leave("ada")
    here.type("ada", at=0)
    tell(here, there)

    assert (names_of(here.view(NOBODY)), names_of(there.view(NOBODY))) == (([], [], 0, 0), ([], [], 0, 0))


def test_a_crowd_is_named_up_to_a_bound_and_counted_whole() -> None:
    here, there = Gathering(), Gathering()
    crowd = [f"fan{number:04}" for number in range(ROSTER_GUESTS + 20)]
    for number, name in enumerate(crowd):
        arrive(here, name, at_ms=number)
        here.type(name, at=0)
    tell(here, there)

    assert len(here.call_roll().guests) == ROSTER_GUESTS
    for view in (here.view(NOBODY), there.view(NOBODY)):
        assert names_of(view) == (crowd[:PEOPLE_SHOWN], crowd[:TYPING_SHOWN], ROSTER_GUESTS + 20, 0)


def test_a_newcomer_takes_no_name_away() -> None:
    gathering = Gathering()
    for number in range(PEOPLE_SHOWN):
        arrive(gathering, f"z{number:02}", at_ms=number)
    before = gathering.view(NOBODY)
    arrive(gathering, "a", at_ms=PEOPLE_SHOWN)

    assert gathering.view(NOBODY).changes_since(before) == [
        {"type": "presence.counted", "people": PEOPLE_SHOWN + 1, "visitors": 0}
    ]


def test_the_order_of_changes_never_shows_somebody_typing_who_is_not_here() -> None:
    gathering = Gathering()
    arrive(gathering, "ada")
    alone = gathering.view(NOBODY)
    arrive(gathering, "ben")
    gathering.type("ben", at=0)
    both = gathering.view(NOBODY)

    assert [change["type"] for change in both.changes_since(alone)] == [
        "presence.arrived",
        "typing.started",
        "presence.counted",
    ]
    assert [change["type"] for change in alone.changes_since(both)] == [
        "typing.stopped",
        "presence.left",
        "presence.counted",
    ]


PEOPLE = [f"p{number}" for number in range(6)]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["arrive", "leave", "visit", "type", "say", "tell", "wait", "rename"]),
        st.sampled_from([0, 1]),
        st.sampled_from(PEOPLE),
    ),
    max_size=40,
)


class TwoHubs:
    """Two hubs at one topic, and a clock."""

    def __init__(self) -> None:
        self.hubs = [Gathering(), Gathering()]
        self.sockets: list[list[str]] = [[], []]
        self.at = 0.0

    def act(self, act: str, index: int, name: str, at_ms: int) -> None:
        hub = self.hubs[index]
        if act in ("arrive", "rename"):
            hub.arrive(name, person(name if act == "arrive" else f"{name}2") | {"id": name}, at_ms=at_ms)
            self.sockets[index].append(name)
        elif act == "leave" and name in self.sockets[index]:
            hub.leave(name)
            self.sockets[index].remove(name)
        elif act == "visit":
            hub.arrive(None, None, at_ms=at_ms)
        elif act == "type":
            hub.type(name, at=self.at)
        elif act == "say":
            hub.say(name)
        elif act == "tell":
            tell(hub, self.hubs[1 - index], at=self.at, hub_id=str(index))
        elif act == "wait":
            self.at += 3.0
            for each in self.hubs:
                each.expire(self.at)


@given(acts=ACTS, unseen=st.frozensets(st.sampled_from(PEOPLE), max_size=3))
def test_image_and_changes_are_a_fresh_image(acts: list[tuple[str, int, str]], unseen: frozenset[str]) -> None:
    world = TwoHubs()
    view = world.hubs[0].view(unseen)
    image = view.image()
    for step, (act, index, name) in enumerate(acts):
        world.act(act, index, name, at_ms=step)
        fresh = world.hubs[0].view(unseen)
        for change in fresh.changes_since(view):
            image = apply_change(image, change)
        view = fresh

        assert by_id(image) == by_id(fresh.image())
        assert {each["id"] for each in image["typing"]} <= {each["id"] for each in image["present"]}
        assert unseen.isdisjoint(each["id"] for each in image["present"])


def by_id(image: dict[str, Any]) -> dict[str, Any]:
    return image | {part: {each["id"]: each for each in image[part]} for part in ("present", "typing")}
