"""The desk over HTTP: what it sees, who may look and press, and that a refusal changes nothing."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from betting.actions.customer_limits import set_stake_factors
from betting.actions.reprice_event import reprice_event
from betting.models import BettingSwitch, CustomerLimit, DeskRecord, EventBook, Market
from project.kit.errors import Forbidden, NotFound, ValidationFailed
from sports.actions import record_incident
from tests.betting.desk import bet, fund, make_live_priced_event, new_key, selection_of, tick
from tests.people import make_person
from tests.sports.other_events import make_outright, started

pytestmark = pytest.mark.django_db


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def post(user: User | None, path: str, *, key: str = "", **body: Any) -> Any:
    headers = {"Idempotency-Key": key or new_key()}
    return client_of(user).post(f"/api/desk/{path}", body, content_type="application/json", headers=headers)


def test_the_overview_tells_state_and_risk(ada: User, trader: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    bet(ada, home, "10.00")

    def seen() -> dict[str, Any]:
        answer = client_of(trader).get("/api/desk").json()
        [shown] = answer["events"]
        return {**shown, "switches": {one["scope"]: one["is_stopped"] for one in answer["switches"]}}

    first = seen()
    assert home.odds_milli is not None
    worst = home.odds_milli - 1_000
    assert first["exposure"] == [{"currency": "PLY", "stakes": "10.00", "worst": f"{worst // 100}.{worst % 100:02d}"}]
    assert (first["state"], first["markets_suspended"], first["name"]) == ("open", 0, event.name)
    assert first["switches"] == {"all": False, "sport:football": False}

    assert post(trader, f"events/{event.pk}/stop", is_stopped=True, reason="No picture").json()["is_suspended"] is True
    second = seen()
    assert (second["state"], second["markets_open"]) == ("suspended", 0)
    assert second["markets_suspended"] == first["markets_open"]
    assert post(trader, "switches/all", is_stopped=True, reason="Kill switch").status_code == 200
    assert (seen()["state"], seen()["switches"]["all"]) == ("switched_off", True)


def test_the_score_of_a_race_names_its_first(trader: User) -> None:
    race = started(make_outright(4))
    reprice_event(event_id=race.pk)

    def seen() -> tuple[str, str]:
        [shown] = client_of(trader).get("/api/desk").json()["events"]
        return shown["score"], shown["clock"]

    assert seen() == ("", "0%")
    record_incident(event_id=race.pk, incident_type="finish", minute=0, places=(2, 1, 2, 4))
    assert seen() == ("1. Rider 2, 2. Rider 1, 2. Rider 3", "Final")


def test_exposure_of_an_event_market_by_market(ada: User, trader: User) -> None:
    fund(ada)
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    bet(ada, home, "10.00")

    [market] = client_of(trader).get(f"/api/desk/events/{event.pk}/exposure").json()

    assert (market["market_id"], market["stakes"]) == (str(home.market_id), "10.00")
    assert [(one["id"], one["stake"]) for one in market["selections"]] == [(str(home.id), "10.00")]


def test_a_market_is_stopped_and_resumed(trader: User) -> None:
    market = selection_of(make_live_priced_event(), "1x2", "home").market
    path = f"markets/{market.id}/stop"

    assert post(trader, path, is_stopped=True, reason="Strange bets").json()["status"] == "suspended"
    assert post(trader, path, is_stopped=True, reason="Strange bets").json()["code"] == "version_conflict"
    assert post(trader, path, is_stopped=False, reason="All clear").json()["status"] == "active"
    assert Market.objects.get(id=market.id).stop_count == 1


def test_a_price_is_set_held_and_given_back(ada: User, trader: User) -> None:
    event = make_live_priced_event()
    home = selection_of(event, "1x2", "home")
    path = f"selections/{home.id}/hold"

    assert post(ada, path, odds="3.00", reason="Because").status_code == 403
    assert post(trader, path, odds="3.017", reason="Because").json()["code"] == "validation_error"
    held = post(trader, path, odds="3.00", reason="Team news").json()
    assert (held["odds"], held["is_held"]) == ("3.00", True)
    tick(event, 2)
    assert selection_of(event, "1x2", "home").odds_milli == 3_000
    listed = client_of(trader).get(f"/api/desk/events/{event.pk}/held")
    assert listed.json() == [{"selection_id": str(home.id), "odds": "3.00", "is_held": True}]
    released = post(trader, path, odds=None, reason="Priced in").json()
    assert released["is_held"] is False
    assert client_of(trader).get(f"/api/desk/events/{event.pk}/held").json() == []
    assert DeskRecord.objects.filter(change="price_hold").count() == 2


def test_who_may_look_and_press(ada: User, mod: User, trader: User) -> None:
    event = make_live_priced_event()
    market = selection_of(event, "1x2", "home").market
    boss, finance = make_person("boss", "ADMIN"), make_person("fin", "FINANCE")
    everybody = ((ada, 403), (mod, 403), (finance, 403), (None, 401))
    stops = ("switches/all", f"events/{event.pk}/stop", f"markets/{market.id}/stop")

    for person, status in everybody:
        assert client_of(person).get("/api/desk").status_code == status
        for shown in ("exposure", "held"):
            assert client_of(person).get(f"/api/desk/events/{event.pk}/{shown}").status_code == status
        for path in stops:
            assert post(person, path, is_stopped=True, reason="Because").status_code == status, (person, path)
    assert BettingSwitch.objects.count() == DeskRecord.objects.count() == 0
    assert EventBook.objects.get(event_id=event.pk).is_suspended is False
    for path in stops:
        assert post(boss, path, is_stopped=True, reason="Because").status_code == 200
        assert post(trader, path, is_stopped=False, reason="Because").status_code == 200


def test_a_stop_needs_a_reason_and_something_to_stop(trader: User) -> None:
    event = make_live_priced_event()
    for body in ({"is_stopped": True}, {"is_stopped": True, "reason": " "}, {"is_stopped": "yes", "reason": "Because"}):
        assert post(trader, f"events/{event.pk}/stop", **body).status_code == 422
    assert post(trader, "switches/sport:nowhere", is_stopped=True, reason="Because").status_code == 404
    assert (
        post(trader, "events/00000000-0000-0000-0000-000000000000/stop", is_stopped=True, reason="x y z").status_code
        == 404
    )
    assert DeskRecord.objects.count() == 0


def test_the_desk_is_proved_by_a_token_of_the_page(trader: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(trader)
    body = {"is_stopped": True, "reason": "Because"}
    answer = client.post("/api/desk/switches/all", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert BettingSwitch.objects.count() == 0


def test_stake_factors_are_set_for_all_listed_or_for_nobody(ada: User, ben: User, trader: User) -> None:
    assert set_stake_factors(actor_id=trader.id, usernames=["ada", "ben"], stake_factor_milli=250, reason="Sharp") == 2
    assert set_stake_factors(actor_id=trader.id, usernames=["ada"], stake_factor_milli=250, reason="Sharp") == 0
    assert dict(CustomerLimit.objects.values_list("user__username", "stake_factor_milli")) == {"ada": 250, "ben": 250}
    records = DeskRecord.objects.filter(change="stake_factor")
    assert {(row.subject, row.before["stake_factor_milli"], row.after["stake_factor_milli"]) for row in records} == {
        (f"user:{ada.id}", 1_000, 250),
        (f"user:{ben.id}", 1_000, 250),
    }

    with pytest.raises(NotFound):
        set_stake_factors(actor_id=trader.id, usernames=["ada", "nobody"], stake_factor_milli=100, reason="Sharp")
    for names, factor in (([], 100), (["ada"], 10_001), (["ada"], -1)):
        with pytest.raises(ValidationFailed):
            set_stake_factors(actor_id=trader.id, usernames=names, stake_factor_milli=factor, reason="Sharp")
    with pytest.raises(Forbidden):
        set_stake_factors(actor_id=trader.id, usernames=["ada", "tess"], stake_factor_milli=10_000, reason="Mine")
    assert set(CustomerLimit.objects.values_list("stake_factor_milli", flat=True)) == {250}
