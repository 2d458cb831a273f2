"""Proposals of the desk: a preview says exactly what then happens, and four eyes cannot be got around."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from betting.actions.desk_actions import apply_action
from betting.actions.set_results import Order, set_cancel_window
from betting.actions.settle_event import settle_event
from betting.core.four_eyes import Moved, needs_approval
from betting.models import BetHistory, BetSlip, CancelWindow, Deduction, DeskAction, DeskRecord, Market, Selection
from payments.models import Transfer, Wallet
from payments.queries.audit import list_ledger_faults
from project.kit.errors import VersionConflict
from tests.betting.desk import available, bet, fund, make_live_priced_event, new_key, selection_of
from tests.betting.slips import Pick, write_slip
from tests.people import make_person
from tests.sports.matches import end_match

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> User:
    return make_person("boss", "ADMIN")


@pytest.fixture
def home(ada: User, ben: User) -> Selection:
    """A market on which ada has 10.00 on home and ben 20.00 on away."""
    for person in (ada, ben):
        fund(person)
    event = make_live_priced_event()
    selection = selection_of(event, "1x2", "home")
    bet(ada, selection, "10.00")
    bet(ben, selection_of(event, "1x2", "away"), "20.00")
    return selection


def call(user: User | None, path: str, body: dict[str, Any], *, key: str = "") -> Any:
    client = Client()
    if user is not None:
        client.force_login(user)
    headers = {"Idempotency-Key": key or new_key()}
    return client.post(f"/api/desk/actions{path}", body, content_type="application/json", headers=headers)


def results(market: Market, winner: str) -> dict[str, Any]:
    given = [
        {"selection_id": str(one.id), "result": "won" if one.outcome == winner else "lost"}
        for one in Selection.objects.filter(market=market)
    ]
    return {"results": given}


def propose(user: User, market: Market, kind: str, **payload: Any) -> dict[str, Any]:
    body = {"kind": kind, "market_id": str(market.id), "payload": payload, "reason": "The referee said so"}
    shown = call(user, "/preview", body)
    response = call(user, "", body)
    assert response.status_code == 201, response.content
    answer: dict[str, Any] = response.json()
    assert answer["preview"] == shown.json()
    return answer


def settle_and_measure(market: Market) -> dict[str, Any]:
    """What applying really did: the history and the wallets, in the preview's words."""
    before = BetHistory.objects.order_by("-id").values_list("id", flat=True).first() or 0
    settle_event(event_id=market.event_id)
    rows = list(BetHistory.objects.filter(id__gt=before))
    paid = sum(max(row.difference_minor, 0) for row in rows)
    taken = sum(max(-row.difference_minor, 0) for row in rows)
    below = Wallet.objects.filter(available_account__balance_minor__lt=0).order_by("user_id")
    return {
        "slips": len(rows),
        "moving": sum(row.difference_minor != 0 for row in rows),
        "paid": f"{paid // 100}.{paid % 100:02d}",
        "taken_back": f"{taken // 100}.{taken % 100:02d}",
        "overdrawn": [str(wallet.user_id) for wallet in below],
    }


def shown(preview: dict[str, Any]) -> dict[str, Any]:
    [money] = preview["money"]
    return {
        "slips": preview["slips"],
        "moving": preview["moving"],
        "paid": money["paid"],
        "taken_back": money["taken_back"],
        "overdrawn": [person["user_id"] for person in preview["overdrawn"]],
    }


def apply(user: User, action: dict[str, Any]) -> Any:
    return call(user, f"/{action['id']}/apply", {"reason": "As shown"})


def test_a_preview_moves_nothing_and_is_exactly_what_happens(home: Selection, trader: User, ada: User) -> None:
    market = home.market
    before = (Transfer.objects.count(), BetHistory.objects.count(), available(ada))

    action = propose(trader, market, "settle_market", **results(market, "home"))
    assert (Transfer.objects.count(), BetHistory.objects.count(), available(ada)) == before
    assert Selection.objects.filter(market=market, result="").count() == 3
    assert action["preview"]["outcomes"] == {"lost": 1, "won": 1}
    assert (action["status"], action["needs_approval"]) == ("proposed", False)

    assert apply(trader, action).json()["status"] == "applied"
    assert settle_and_measure(market) == shown(action["preview"])
    assert home.odds_milli is not None
    assert available(ada) == before[2] + home.odds_milli
    assert list_ledger_faults() == []


def test_a_correction_shows_what_it_takes_back_and_whom_it_overdraws(
    home: Selection, trader: User, boss: User, ada: User
) -> None:
    market = home.market
    apply(trader, propose(trader, market, "settle_market", **results(market, "home")))
    settle_event(event_id=market.event_id)
    other = selection_of(make_live_priced_event(), "1x2", "home")
    for _ in range(2):
        bet(ada, other, "500.00")
    assert available(ada) < home.odds_milli  # type: ignore[operator]  # it has a price

    action = propose(trader, market, "settle_market", **results(market, "away"))

    assert [person["user_id"] for person in action["preview"]["overdrawn"]] == [str(ada.id)]
    assert action["needs_approval"] is True
    assert apply(trader, action).status_code == 409
    assert call(boss, f"/{action['id']}/approve", {"reason": "Seen the video"}).json()["status"] == "approved"
    assert apply(trader, action).json()["status"] == "applied"
    assert settle_and_measure(market) == shown(action["preview"])
    assert list_ledger_faults() == []


def test_a_void_and_its_undoing(home: Selection, trader: User, ada: User, ben: User) -> None:
    market = home.market
    action = propose(trader, market, "void_market")
    apply(trader, action)
    assert settle_and_measure(market) == shown(action["preview"])
    assert action["preview"]["outcomes"] == {"void": 2}
    assert (available(ada), available(ben)) == (100_000, 100_000)
    assert Market.objects.get(id=market.id).status == "suspended"

    window = CancelWindow.objects.get()
    undone = propose(trader, market, "undo_void", window_id=str(window.id))
    assert undone["preview"]["outcomes"] == {"accepted": 2}
    apply(trader, undone)
    assert settle_and_measure(market) == shown(undone["preview"])
    assert (available(ada), available(ben)) == (99_000, 98_000)
    assert list_ledger_faults() == []


def test_a_message_older_than_the_undoing_of_a_void_changes_nothing(
    home: Selection, trader: User, ada: User, ben: User
) -> None:
    market = home.market
    apply(trader, propose(trader, market, "void_market"))
    settle_event(event_id=market.event_id)
    window = CancelWindow.objects.get()
    apply(trader, propose(trader, market, "undo_void", window_id=str(window.id)))
    late = Order("Feed", window.produced_at + timedelta(microseconds=1))

    set_cancel_window(market_id=market.id, starts_at=None, ends_at=None, order=late)
    settle_event(event_id=market.event_id)

    assert not CancelWindow.objects.get().is_active
    assert (available(ada), available(ben)) == (99_000, 98_000)


def test_a_deduction_and_a_roll_back(home: Selection, trader: User, ada: User) -> None:
    market = home.market
    apply(trader, propose(trader, market, "settle_market", **results(market, "home")))
    settle_event(event_id=market.event_id)
    paid = available(ada)

    body = {"percent": 25, "placed_before": "2199-01-01T00:00:00Z"}
    action = propose(trader, market, "deduction", **body)
    apply(trader, action)
    assert settle_and_measure(market) == shown(action["preview"])
    assert home.odds_milli is not None
    less = 1_000 * (1_000 + (home.odds_milli - 1_000) * 3 // 4) // 1_000
    assert available(ada) == paid - home.odds_milli + less

    deduction = Deduction.objects.get()
    apply(trader, propose(trader, market, "undo_deduction", deduction_id=str(deduction.id)))
    settle_event(event_id=market.event_id)
    assert available(ada) == paid

    action = propose(trader, market, "roll_back")
    apply(trader, action)
    assert settle_and_measure(market) == shown(action["preview"])
    assert set(BetSlip.objects.values_list("status", flat=True)) == {"accepted"}
    assert available(ada) == 99_000
    assert list_ledger_faults() == []


def test_a_preview_that_is_no_longer_true_is_not_applied(home: Selection, trader: User, ada: User) -> None:
    market = home.market
    action = propose(trader, market, "settle_market", **results(market, "home"))
    bet(ada, selection_of(market.event, "1x2", "home"), "1.00")

    response = apply(trader, action)

    assert (response.status_code, response.json()["code"]) == (409, "version_conflict")
    assert DeskAction.objects.get().status == "proposed"
    assert Selection.objects.filter(market=market, result="").count() == 3
    assert BetHistory.objects.count() == 0


def test_it_is_applied_once(home: Selection, trader: User, boss: User) -> None:
    action = propose(trader, home.market, "void_market")

    assert apply(trader, action).status_code == 200
    for person in (trader, boss):
        assert (apply(person, action).status_code, CancelWindow.objects.count()) == (409, 1)
    assert call(boss, f"/{action['id']}/reject", {"reason": "Too late"}).status_code == 409


def make_large(home: Selection, trader: User) -> dict[str, Any]:
    """A proposal that moves more than one person alone may move."""
    for number in range(3):
        person = make_person(f"rich{number}")
        fund(person)
        bet(person, selection_of(home.market.event, "1x2", "home"), "400.00")
    action = propose(trader, home.market, "void_market")
    assert action["needs_approval"] is True
    return action


def test_nobody_approves_their_own_proposal(home: Selection, trader: User, boss: User, mod: User) -> None:
    action = make_large(home, trader)

    assert apply(trader, action).status_code == 409
    assert apply(boss, action).status_code == 409
    own = call(trader, f"/{action['id']}/approve", {"reason": "I trust myself"})
    assert (own.status_code, own.json()["code"]) == (403, "forbidden")
    assert call(mod, f"/{action['id']}/approve", {"reason": "Not mine"}).status_code == 403
    assert DeskAction.objects.get().status == "proposed"
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskAction.objects.update(status="approved", decided_by=trader)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskAction.objects.update(status="approved")

    assert call(boss, f"/{action['id']}/approve", {"reason": "Checked"}).status_code == 200
    assert call(boss, f"/{action['id']}/approve", {"reason": "Again"}).status_code == 409
    assert apply(trader, action).json()["applied_by"] == "tess"
    assert settle_and_measure(home.market) == shown(action["preview"])


def test_an_admins_own_proposal_waits_for_somebody_too(home: Selection, boss: User, trader: User) -> None:
    action = make_large(home, boss)
    assert call(boss, f"/{action['id']}/approve", {"reason": "I am the boss"}).status_code == 403
    assert call(trader, f"/{action['id']}/approve", {"reason": "Checked"}).status_code == 200


def test_what_was_rejected_is_never_applied(home: Selection, trader: User, boss: User) -> None:
    action = make_large(home, trader)
    assert call(boss, f"/{action['id']}/reject", {"reason": "No proof"}).json()["status"] == "rejected"

    assert apply(trader, action).status_code == 409
    with pytest.raises(VersionConflict):
        apply_action(actor_id=boss.id, action_id=UUID(action["id"]), reason="x")
    assert CancelWindow.objects.count() == 0


def test_who_may_and_who_may_not(home: Selection, ada: User, mod: User, trader: User, boss: User) -> None:
    body = {"kind": "void_market", "market_id": str(home.market_id), "payload": {}, "reason": "Because"}
    finance = make_person("fin", "FINANCE")

    for person, status in ((ada, 403), (mod, 403), (finance, 403), (None, 401), (trader, 200), (boss, 200)):
        assert call(person, "/preview", body).status_code == status
    assert DeskAction.objects.count() == CancelWindow.objects.count() == 0


def test_payloads_that_are_none(home: Selection, trader: User) -> None:
    market = home.market
    foreign = selection_of(make_live_priced_event(), "1x2", "home")
    cases: list[tuple[str, dict[str, Any], int]] = [
        ("settle_market", {"results": []}, 422),
        ("settle_market", {"results": [{"selection_id": str(foreign.id), "result": "won"}]}, 422),
        ("settle_market", {"results": [{"selection_id": str(home.id), "result": "drawn"}]}, 422),
        ("void_market", {"starts_at": "2026-02-02T00:00:00Z", "ends_at": "2026-01-01T00:00:00Z"}, 422),
        (
            "settle_market",
            {"results": [{"selection_id": str(home.id), "result": result} for result in ("won", "lost")]},
            422,
        ),
        ("void_market", {"since": "ever"}, 422),
        ("void_market", {"starts_at": "2026-02-02T00:00:00"}, 422),
        ("void_market", {"ends_at": "9999-12-31T23:59:59-12:00"}, 422),
        ("void_market", {"ends_at": 1_800_000_000}, 422),
        ("deduction", {"percent": 10, "placed_before": "2026-02-02"}, 422),
        ("undo_void", {"window_id": str(market.id)}, 409),
        ("deduction", {"percent": 91, "placed_before": "2026-02-02T00:00:00Z"}, 422),
        ("undo_deduction", {"deduction_id": str(market.id)}, 409),
        ("no_kind", {}, 422),
        ("roll_back", {}, 409),
    ]
    for kind, payload, status in cases:
        body = {"kind": kind, "market_id": str(market.id), "payload": payload, "reason": "Because"}
        assert call(trader, "/preview", body).status_code == status, (kind, payload)
        assert call(trader, "", body).status_code == status, (kind, payload)
    body = {"kind": "void_market", "market_id": str(home.id), "payload": {}, "reason": "Because"}
    assert call(trader, "", body).status_code == 404
    assert call(trader, "", body | {"market_id": str(market.id), "reason": " "}).status_code == 422
    assert DeskAction.objects.count() == 0


def test_results_that_leave_each_way_bets_open_are_refused(home: Selection, trader: User, ada: User) -> None:
    market = home.market
    Market.objects.filter(id=market.id).update(each_way_places=2, each_way_numerator=1, each_way_denominator=4)
    slip = write_slip(ada, [Pick(home, 5_000)], is_each_way=True)
    body = {"kind": "settle_market", "market_id": str(market.id), "payload": results(market, "home"), "reason": "Over"}

    for path in ("/preview", ""):
        refused = call(trader, path, body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/payload/results")
    given = results(market, "home")["results"]
    placed = [one | {"place_result": "won" if one["result"] == "won" else "lost"} for one in given]
    apply(trader, propose(trader, market, "settle_market", results=placed))
    settle_event(event_id=market.event_id)
    slip.refresh_from_db()
    assert (slip.status, slip.payout_minor) == ("won", 3_500)

    void = [{"selection_id": one["selection_id"], "result": "void"} for one in given]
    apply(trader, propose(trader, market, "settle_market", results=void))
    settle_event(event_id=market.event_id)
    slip.refresh_from_db()
    assert (slip.status, slip.payout_minor) == ("void", 1_000)


def test_a_winner_who_was_not_placed_is_refused_where_places_are_paid(home: Selection, trader: User) -> None:
    market = home.market
    given = [one | {"place_result": "lost"} for one in results(market, "home")["results"]]
    body = {"kind": "settle_market", "market_id": str(market.id), "payload": {"results": given}, "reason": "Over"}
    assert call(trader, "/preview", body).status_code == 200  # nobody bets each way here
    Market.objects.filter(id=market.id).update(each_way_places=2, each_way_numerator=1, each_way_denominator=4)

    for path in ("/preview", ""):
        refused = call(trader, path, body)
        assert (refused.status_code, refused.json()["errors"][0]["message"]) == (422, "Who has won is placed")
    assert (DeskAction.objects.count(), Selection.objects.get(id=home.id).result) == (0, "")


def test_every_step_is_on_record(home: Selection, trader: User) -> None:
    action = propose(trader, home.market, "settle_market", **results(home.market, "home"))
    apply(trader, action)

    steps = list(DeskRecord.objects.filter(desk_action_id=action["id"]).order_by("id"))
    assert [(row.change, row.actor_id, row.reason) for row in steps] == [
        ("settle_market_proposed", trader.id, "The referee said so"),
        ("settle_market_applied", trader.id, "As shown"),
    ]
    before, after = steps[1].before, steps[1].after
    assert {one["result"] for one in before["results"].values()} == {""}
    assert sorted(one["result"] for one in after["results"].values()) == ["lost", "lost", "won"]
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskRecord.objects.update(reason="Never mind")


def test_the_final_whistle_before_the_press_is_a_conflict(home: Selection, trader: User) -> None:
    action = propose(trader, home.market, "settle_market", **results(home.market, "home"))
    end_match(home.market.event)
    settle_event(event_id=home.market.event_id)

    assert apply(trader, action).status_code == 409


def test_limits_of_one_person() -> None:
    assert not needs_approval(slips=100, moved=[Moved(60_000, 40_000), Moved(100_000, 0)], overdraws=False)
    assert needs_approval(slips=101, moved=[], overdraws=False)
    assert needs_approval(slips=1, moved=[Moved(60_000, 40_001)], overdraws=False)
    assert needs_approval(slips=1, moved=[], overdraws=True)
