"""The price topics: an image and the messages after it make the next image, for an event and for the lobby."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.test import TestCase
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from betting.actions.market_status import resume_market, suspend_market
from betting.actions.reprice_event import reprice_event
from betting.actions.settle_event import settle_event
from betting.models import Market
from betting.schemas.markets import LobbyPrice, MarketValue, SelectionValue
from betting.streams import EVENT_PRICES, LOBBY_PRICES
from project.kit.errors import AppError
from project.kit.topics import Keyed, Tally, resolve
from sports.actions import advance_clock, correct_result, record_incident, resume_betting
from sports.core.match_state import Side
from sports.models import Event
from tests.betting.desk import (
    apply_message,
    broker,
    goal,
    listening,
    make_live_priced_event,
    make_priced_event,
    prices_topic,
)
from tests.sports.matches import AWAY, HOME, end_match

pytestmark = pytest.mark.django_db

SIDES: tuple[Side, Side] = ("home", "away")
Values = dict[str, tuple[int, Any]]


def image_of(keys: list[Keyed]) -> Values:
    return {keyed.key: (keyed.version, keyed.value) for keyed in keys}


def event_image(event: Event) -> Values:
    return image_of(list(EVENT_PRICES.image({"event_id": str(event.pk)})))


def lobby_image() -> Values:
    return image_of(list(LOBBY_PRICES.image({})))


def without_gone(values: Values) -> Values:
    return {key: pair for key, pair in values.items() if pair[1] is not None}


def committing(act: Callable[[], object]) -> None:
    """Run an action and what it left for after the commit, which a test's own transaction would never reach."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        act()


class Match:
    """Random things that happen to a match, by number; impossible ones do nothing."""

    def __init__(self, event: Event, actor: User) -> None:
        self.event = event
        self.actor = actor
        self.minute = 1

    def act(self, choice: str, number: int) -> None:
        with suppress(AppError):  # a goal after the end, a stop of a settled market: the world says no
            getattr(self, choice)(number)

    def tick(self, number: int) -> None:
        self.minute += 1 + number % 9
        committing(partial(advance_clock, event_id=self.event.pk, minute=min(self.minute, 90)))
        self.reprice(number)

    def goal(self, number: int) -> None:
        side = SIDES[number % 2]
        committing(
            partial(record_incident, event_id=self.event.pk, incident_type="goal", side=side, minute=self.minute)
        )

    def red_card(self, number: int) -> None:
        side = SIDES[number % 2]
        committing(
            partial(record_incident, event_id=self.event.pk, incident_type="red_card", side=side, minute=self.minute)
        )
        committing(partial(resume_betting, event_id=self.event.pk))

    def reprice(self, number: int) -> None:
        committing(partial(reprice_event, event_id=self.event.pk))

    def suspend(self, number: int) -> None:
        committing(partial(suspend_market, actor_id=self.actor.id, market_id=self._market(number), reason="Test"))

    def resume(self, number: int) -> None:
        committing(partial(resume_market, actor_id=self.actor.id, market_id=self._market(number), reason="Test"))

    def finish(self, number: int) -> None:
        committing(partial(end_match, self.event))
        committing(partial(settle_event, event_id=self.event.pk))

    def correct(self, number: int) -> None:
        committing(
            partial(correct_result, event_id=self.event.pk, home_goals=number % 3, away_goals=number % 2, reason="Test")
        )
        committing(partial(settle_event, event_id=self.event.pk))

    def _market(self, number: int) -> Any:
        ids = list(Market.objects.filter(event_id=self.event.pk).order_by("sort").values_list("id", flat=True))
        return ids[number % len(ids)]


common = ["tick", "goal", "red_card", "reprice", "suspend", "resume"]
steps = st.lists(
    st.tuples(st.sampled_from([*common, *common, "finish", "correct"]), st.integers(min_value=0, max_value=50)),
    min_size=1,
    max_size=8,
)


# Without shrinking: an example takes a second, and a history of eight steps is short enough to read.
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=steps, after=steps)
# A market that opens with a selection nobody can have a price on.
@example(before=[("goal", 19), ("red_card", 19), ("red_card", 35), ("red_card", 43)], after=[("tick", 0)])
def test_image_and_messages_make_the_next_image(
    mod: User, monkeypatch: pytest.MonkeyPatch, before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    event = make_live_priced_event()
    match = Match(event, mod)
    with broker(monkeypatch):
        for choice, number in before:
            match.act(choice, number)
        prices, lobby = event_image(event), lobby_image()
        with listening(prices_topic(event.pk)) as ear, listening("lobby:prices") as lobby_ear:
            for choice, number in after:
                match.act(choice, number)
            for message in ear.hear():
                apply_message(prices, message)
            for message in lobby_ear.hear():
                apply_message(lobby, message)

    assert prices == event_image(event)
    assert without_gone(lobby) == lobby_image()
    arguments = [{"event_id": str(event.pk)}]
    assert EVENT_PRICES.tally is not None and LOBBY_PRICES.tally is not None
    assert list(EVENT_PRICES.tally(arguments)) == [Tally(len(prices), sum(version for version, _ in prices.values()))]
    kept = without_gone(lobby)
    assert list(LOBBY_PRICES.tally([{}])) == [Tally(len(kept), sum(version for version, _ in kept.values()))]


def test_a_minute_sends_only_what_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_live_priced_event()
    before = event_image(event)

    with broker(monkeypatch), listening(prices_topic(event.pk)) as ear:
        committing(partial(advance_clock, event_id=event.pk, minute=2))
        committing(partial(reprice_event, event_id=event.pk))
        [message] = ear.hear()

    assert message["l"] == "c"
    assert 0 < len(message["k"]) < len(before)
    for key, version, value in message["k"]:
        assert key.startswith("s:")
        assert version > before[key][0]
        assert value["odds"] != before[key][1]["odds"]


def test_the_values_have_the_declared_shapes() -> None:
    event = make_live_priced_event()
    goal(event, "home", 10)

    for key, (_, value) in event_image(event).items():
        (MarketValue if key.startswith("m:") else SelectionValue).model_validate(value)
    for _, value in lobby_image().values():
        LobbyPrice.model_validate(value)


def test_the_lobby_shows_open_events_until_they_are_settled() -> None:
    upcoming, live = make_priced_event(home=AWAY, away=HOME), make_live_priced_event()
    assert set(lobby_image()) == {str(upcoming.pk), str(live.pk)}

    end_match(live)
    settle_event(event_id=live.pk)

    assert set(lobby_image()) == {str(upcoming.pk)}


def test_everybody_may_hear_prices() -> None:
    event = make_priced_event()

    found = resolve(prices_topic(event.pk))

    assert found is not None
    assert found[0] is EVENT_PRICES
    assert resolve("lobby:prices") == (LOBBY_PRICES, {})


def test_incidents_at_once_ask_for_one_repricing(monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_live_priced_event()
    with broker(monkeypatch) as queue:
        for minute in (2, 3, 4):
            committing(partial(advance_clock, event_id=event.pk, minute=minute))
        assert queue.sent == [("betting.reprice_event", {"event_id": str(event.pk)}, "prices")]
        before = event_image(event)
        queue.run()
        assert event_image(event) != before

        committing(partial(advance_clock, event_id=event.pk, minute=5))
        assert len(queue.sent) == 1
