"""The same command of the desk twice is one: proposals, their steps, stops and held prices."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from betting.models import CancelWindow, DeskAction, DeskRecord, Selection
from tests.betting.desk import bet, fund, make_live_priced_event, new_key, selection_of
from tests.betting.test_desk_actions import call, make_large
from tests.betting.test_desk_api import post
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> User:
    return make_person("boss", "ADMIN")


@pytest.fixture
def home(ada: User) -> Selection:
    """A selection on which ada has 10.00."""
    fund(ada)
    selection = selection_of(make_live_priced_event(), "1x2", "home")
    bet(ada, selection, "10.00")
    return selection


def test_the_same_key_makes_one_proposal(home: Selection, trader: User) -> None:
    body = {"kind": "void_market", "market_id": str(home.market_id), "payload": {}, "reason": "Because"}
    key = new_key()

    first, again = call(trader, "", body, key=key), call(trader, "", body, key=key)

    assert first.json() == again.json()
    assert DeskAction.objects.count() == 1
    assert call(trader, "", body | {"reason": "Another"}, key=key).json()["code"] == "idempotency_key_reused"


def test_the_same_key_takes_one_step(home: Selection, trader: User, boss: User) -> None:
    action = make_large(home, trader)
    approve, apply_it, reject = (f"/{action['id']}/{step}" for step in ("approve", "apply", "reject"))
    body, key = {"reason": "Seen the video"}, new_key()

    first, again = call(boss, approve, body, key=key), call(boss, approve, body, key=key)
    assert (first.status_code, first.json()["status"]) == (200, "approved")
    assert (again.status_code, again.json()) == (200, first.json())
    other = call(boss, approve, {"reason": "Another"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert call(boss, reject, body, key=key).json()["code"] == "idempotency_key_reused"
    assert call(boss, approve, body).status_code == 409

    own_key = new_key()
    first, again = call(trader, apply_it, body, key=own_key), call(trader, apply_it, body, key=own_key)
    assert (first.json()["status"], first.json()) == ("applied", again.json())
    assert CancelWindow.objects.count() == 1
    assert call(boss, approve, body, key=key).json() == first.json()  # as it stands by now
    steps = DeskRecord.objects.filter(desk_action_id=action["id"]).order_by("id").values_list("change", flat=True)
    assert list(steps) == ["void_market_proposed", "void_market_approved", "void_market_applied"]


def test_a_rejection_is_one_and_a_refusal_leaves_its_key_free(home: Selection, trader: User, boss: User) -> None:
    action, body, key = make_large(home, trader), {"reason": "No proof"}, new_key()

    assert call(trader, f"/{action['id']}/apply", body, key=key).status_code == 409
    replies = [call(boss, f"/{action['id']}/reject", body, key=key) for _ in range(2)]
    assert [(reply.status_code, reply.json()["status"]) for reply in replies] == [(200, "rejected")] * 2
    assert call(trader, f"/{action['id']}/reject", body, key=key).status_code == 409  # another person's key is another
    assert DeskRecord.objects.filter(desk_action_id=action["id"], change="void_market_rejected").count() == 1


def test_a_step_without_a_key_is_refused(home: Selection, trader: User, boss: User) -> None:
    action = make_large(home, trader)
    client = Client()
    client.force_login(boss)

    for step in ("approve", "reject", "apply"):
        path = f"/api/desk/actions/{action['id']}/{step}"
        answer = client.post(path, {"reason": "Because"}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert DeskAction.objects.get().status == "proposed"


def test_the_same_key_stops_once_and_a_late_replay_opens_nothing(trader: User) -> None:
    event = make_live_priced_event()
    market = selection_of(event, "1x2", "home").market
    stops = {
        "switches/all": "is_stopped",
        f"events/{event.pk}/stop": "is_suspended",
        f"markets/{market.id}/stop": "status",
    }
    for path, shown in stops.items():
        stop: dict[str, Any] = {"key": new_key(), "is_stopped": True, "reason": "Because"}
        resume: dict[str, Any] = stop | {"key": new_key(), "is_stopped": False}
        before = DeskRecord.objects.count()

        first = post(trader, path, **stop).json()[shown]
        assert (post(trader, path, **stop).json()[shown], DeskRecord.objects.count()) == (first, before + 1)
        reused = post(trader, path, **stop | {"reason": "Another"})
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
        opened = post(trader, path, **resume).json()[shown]
        assert opened != first
        assert post(trader, path, **stop | {"key": new_key()}).json()[shown] == first
        assert post(trader, path, **resume).json()[shown] == first
        assert DeskRecord.objects.count() == before + 3
        assert post(trader, path, **resume | {"key": new_key()}).json()[shown] == opened


def test_the_same_key_holds_once(trader: User) -> None:
    home = selection_of(make_live_priced_event(), "1x2", "home")
    path, hold, release = f"selections/{home.id}/hold", new_key(), new_key()

    for _ in range(2):
        assert post(trader, path, key=hold, odds="3.00", reason="Team news").json()["odds"] == "3.00"
    assert post(trader, path, key=hold, odds="3.50", reason="Team news").json()["code"] == "idempotency_key_reused"
    for _ in range(2):
        assert post(trader, path, key=release, odds=None, reason="Over").json()["is_held"] is False
    assert post(trader, path, key=hold, odds="3.00", reason="Team news").json()["is_held"] is False
    assert DeskRecord.objects.filter(change="price_hold").count() == 2
