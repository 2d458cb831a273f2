"""The desk in the back office: every button is a dialog that changes nothing until it is sent, and then one action."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from betting.actions.reprice_event import reprice_event
from betting.actions.settle_event import settle_event
from betting.models import (
    BettingSwitch,
    CancelWindow,
    CustomerLimit,
    Deduction,
    DeskAction,
    DeskRecord,
    EventBook,
    Market,
    Selection,
)
from tests.betting.desk import bet, fund, make_live_priced_event, selection_of
from tests.betting.slips import Pick, write_slip
from tests.people import let_trade, make_person
from tests.sports.other_events import make_outright

pytestmark = pytest.mark.django_db

LIST_BUTTONS = (("bettingswitch", "stop"), ("bettingswitch", "resume"), ("customerlimit", "set_factor"))
MARKET_BUTTONS = (
    "suspend",
    "resume",
    "hold",
    "propose_results",
    "propose_roll_back",
    "propose_void",
    "propose_undo_void",
    "propose_deduction",
    "propose_undo_deduction",
)
ACTION_BUTTONS = ("apply", "approve", "reject")


@pytest.fixture
def trader(db: None) -> User:
    return let_trade(make_person("tess", "MODERATOR"))  # somebody of the staff


@pytest.fixture
def home(ada: User) -> Selection:
    fund(ada)
    selection = selection_of(make_live_priced_event(), "1x2", "home")
    bet(ada, selection, "10.00")
    return selection


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(user: User, name: str, *arguments: object, **fields: Any) -> Any:
    body = {"_form_submitted": "True", "reason": "Because it is so", **fields}
    return client_of(user).post(reverse(f"admin:betting_{name}", args=arguments), body)


def changes() -> tuple[int, ...]:
    tables = (BettingSwitch, CancelWindow, CustomerLimit, Deduction, DeskAction, DeskRecord, LogEntry)
    return tuple(table.objects.count() for table in tables)


def propose_void(home: Selection, trader: User) -> DeskAction:
    press(trader, "market_propose_void", home.market_id)
    return DeskAction.objects.get()


def test_opening_any_dialog_changes_nothing(home: Selection, trader: User) -> None:
    action = propose_void(home, trader)
    before = (changes(), Market.objects.get(id=home.market_id).status)
    client = client_of(trader)

    paths = [reverse(f"admin:betting_{page}_{name}") for page, name in LIST_BUTTONS]
    paths += [reverse(f"admin:betting_market_{name}", args=[home.market_id]) for name in MARKET_BUTTONS]
    paths += [reverse(f"admin:betting_deskaction_{name}", args=[action.id]) for name in ACTION_BUTTONS]
    paths += [reverse(f"admin:betting_eventbook_{name}", args=[home.market.event_id]) for name in ("suspend", "resume")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200 and b'id="dialog"' in answer.content, path
    assert (changes(), Market.objects.get(id=home.market_id).status) == before


def test_others_press_in_vain(home: Selection, trader: User, mod: User) -> None:
    action = propose_void(home, trader)
    before = changes()
    for other in (mod, make_person("fin", "FINANCE")):
        assert press(other, "market_propose_void", home.market_id).status_code == 403
        assert press(other, "deskaction_apply", action.id).status_code == 403
        assert press(other, "bettingswitch_stop", scope="all").status_code == 403
        assert press(other, "customerlimit_set_factor", usernames="ada", factor="0.1").status_code == 403
        assert press(other, "eventbook_suspend", home.market.event_id).status_code == 403
    assert changes() == before


def test_an_event_and_all_betting_are_stopped_with_a_reason(home: Selection, trader: User) -> None:
    event_id = home.market.event_id
    assert press(trader, "eventbook_suspend", event_id, reason=" ").status_code == 200  # the dialog again
    assert EventBook.objects.get(event_id=event_id).is_suspended is False
    assert press(trader, "eventbook_suspend", event_id).status_code == 302
    assert EventBook.objects.get(event_id=event_id).is_suspended is True
    assert press(trader, "bettingswitch_stop", scope="all").status_code == 302
    assert BettingSwitch.objects.get().is_stopped is True
    assert press(trader, "bettingswitch_resume", scope="all").status_code == 302
    assert BettingSwitch.objects.get().is_stopped is False
    assert [entry.change_message for entry in LogEntry.objects.order_by("id")] == [
        "open -> suspended: Because it is so",
        "on -> stopped: Because it is so",
        "stopped -> on: Because it is so",
    ]


def test_results_of_a_market_with_places_say_who_was_placed(home: Selection, trader: User, ada: User) -> None:
    """Two of three are placed; draw and away tie for the second place."""
    Market.objects.filter(id=home.market_id).update(each_way_places=2, each_way_numerator=1, each_way_denominator=4)
    draw, away = (selection_of(home.market.event, "1x2", outcome) for outcome in ("draw", "away"))
    slips = [write_slip(ada, [Pick(one, 5_000)], is_each_way=True) for one in (home, draw)]
    both = [str(draw.id), str(away.id)]
    for wrong in (
        {"placed": [str(home.id)]},  # has won
        {"placed": both, "last_tied": both},  # no places for them
        {"placed": both, "last_tied": both, "last_places": 2},  # as many as they are
        {"placed": [str(draw.id)], "last_tied": both, "last_places": 1},  # one was not placed
    ):
        answer = press(trader, "market_propose_results", home.market_id, won=[str(home.id)], **wrong)
        assert (answer.status_code, DeskAction.objects.count()) == (200, 0)

    tie: dict[str, Any] = {"placed": both, "last_tied": both, "last_places": 1}
    press(trader, "market_propose_results", home.market_id, won=[str(home.id)], **tie)
    assert press(trader, "deskaction_apply", DeskAction.objects.get().id).status_code == 302
    settle_event(event_id=home.market.event_id)

    for slip in slips:
        slip.refresh_from_db()
    # 5.00 at 5.00 and 5.00 at 2.00; and half of the 5.00 at 2.00
    assert [(slip.status, slip.payout_minor) for slip in slips] == [("won", 3_500), ("partial", 500)]


def test_a_proposal_leads_to_its_page_and_is_applied_there(home: Selection, trader: User, ada: User) -> None:
    answer = press(trader, "market_propose_results", home.market_id, won=[str(home.id)])
    action = DeskAction.objects.get()
    assert answer.headers["Location"] == reverse("admin:betting_deskaction_change", args=[action.id])
    page = client_of(trader).get(answer.headers["Location"]).content.decode()
    assert "1 of 1 slips" in page and "Because it is so" in page
    assert Selection.objects.get(id=home.id).result == ""

    assert press(trader, "deskaction_apply", action.id).status_code == 302
    results = dict(Selection.objects.filter(market=home.market).values_list("outcome", "result"))
    assert results == {"home": "won", "draw": "lost", "away": "lost"}
    refused = client_of(trader)
    body = {"_form_submitted": "True", "reason": "Again"}
    refused.post(reverse("admin:betting_deskaction_apply", args=[action.id]), body)
    assert b"The proposal is applied" in refused.get(reverse("admin:betting_deskaction_changelist")).content


def test_each_kind_of_proposal_can_be_made(home: Selection, trader: User) -> None:
    market_id = home.market_id
    press(trader, "market_propose_deduction", market_id, percent="20", placed_before="2190-01-01 00:00:00")
    press(trader, "market_propose_void", market_id, starts_at="2020-01-01 00:00:00")
    press(trader, "deskaction_apply", DeskAction.objects.get(kind="deduction").id)
    settle_event(event_id=home.market.event_id)
    press(trader, "market_propose_undo_deduction", market_id, deduction=str(Deduction.objects.get().id))
    kinds = list(DeskAction.objects.order_by("proposed_at").values_list("kind", flat=True))
    assert kinds == ["deduction", "void_market", "undo_deduction"]
    assert DeskAction.objects.get(kind="void_market").payload == {
        "starts_at": "2020-01-01T00:00:00.000000Z",
        "ends_at": None,
    }


def test_stake_factors_for_a_list(home: Selection, trader: User, ben: User) -> None:
    assert press(trader, "customerlimit_set_factor", usernames="ada\nben", factor="0.25").status_code == 302
    assert set(CustomerLimit.objects.values_list("user__username", "stake_factor_milli")) == {
        ("ada", 250),
        ("ben", 250),
    }
    press(trader, "customerlimit_set_factor", usernames="ada nobody", factor="0.5")
    assert set(CustomerLimit.objects.values_list("stake_factor_milli", flat=True)) == {250}


@pytest.mark.parametrize(
    "page", ["deskaction", "deskrecord", "bettingswitch", "customerlimit", "selectionexposure", "cashout"]
)
def test_pages_open_for_traders(home: Selection, trader: User, mod: User, page: str) -> None:
    propose_void(home, trader)
    path = reverse(f"admin:betting_{page}_changelist")
    assert client_of(trader).get(path).status_code == 200
    assert client_of(mod).get(path).status_code in (302, 403)


def test_a_tie_for_the_last_place_of_a_top_finish_is_shared_by_those_alone(trader: User, ada: User) -> None:
    """Of three places the first two have one runner each; two tie for the third."""
    fund(ada)
    event = make_outright(8)
    reprice_event(event_id=event.pk)
    p1, p2, p3, p4 = (selection_of(event, "top_finish;places=3", f"p{number}") for number in range(1, 5))
    slips = [write_slip(ada, [Pick(one, 3_000)]) for one in (p1, p2, p3, p4)]
    won, last = [str(one.id) for one in (p1, p2, p3, p4)], [str(p3.id), str(p4.id)]
    for wrong in (
        {"won": won, "last_tied": last},  # no places for them
        {"won": won, "last_tied": last, "last_places": 2},  # as many as they are
        {"won": won[:3], "last_tied": last, "last_places": 1},  # one was not placed
    ):
        answer = press(trader, "market_propose_results", p1.market_id, **wrong)
        assert (answer.status_code, DeskAction.objects.count()) == (200, 0)

    press(trader, "market_propose_results", p1.market_id, won=won, last_tied=last, last_places=1)
    assert press(trader, "deskaction_apply", DeskAction.objects.get().id).status_code == 302
    settle_event(event_id=event.pk)

    for slip in slips:
        slip.refresh_from_db()
    # All of 10.00 at 3.00, and half of it
    assert [slip.payout_minor for slip in slips] == [3_000, 3_000, 1_500, 1_500]


@pytest.mark.parametrize("name", ["hold", "propose_results", "propose_undo_void", "propose_deduction"])
@pytest.mark.parametrize("market_id", ["x", "1e9", "99999999999999999999999"])
def test_a_dialog_of_a_market_that_cannot_be_is_missing(trader: User, name: str, market_id: str) -> None:
    assert client_of(trader).get(reverse(f"admin:betting_market_{name}", args=[market_id])).status_code == 404
    assert press(trader, f"market_{name}", market_id).status_code == 404


def test_a_dialog_says_what_is_wrong_with_the_whole_form_and_with_a_field(home: Selection, trader: User) -> None:
    both = {"won": [str(home.id)], "void": [str(home.id)]}
    whole = press(trader, "market_propose_results", home.market_id, **both).content.decode()
    field = press(trader, "market_propose_deduction", home.market_id, percent="99").content.decode()
    opened = client_of(trader).get(reverse("admin:betting_market_propose_results", args=[home.market_id]))

    alert = '<p class="desk-problem" role="alert">{}</p>'
    assert alert.format("A selection is won, placed or void, not two of these.") in whole
    assert alert.format("Look at what is marked above.") in field
    assert "desk-problem" not in opened.content.decode()
    assert DeskAction.objects.count() == 0


@pytest.mark.parametrize("is_list", [False, True])
def test_a_proposal_shows_only_the_buttons_that_lead_somewhere(
    home: Selection, trader: User, mod: User, *, is_list: bool
) -> None:
    action = propose_void(home, trader)
    other = let_trade(mod)
    page = reverse("admin:betting_deskaction_changelist") if is_list else row_path("change", action)

    def buttons(user: User, **state: Any) -> list[str]:
        DeskAction.objects.filter(id=action.id).update(**state)
        shown = client_of(user).get(page).content.decode()
        assert row_path("change", action) in shown or not is_list
        assert ("rowDropdown" in shown) == (is_list and row_path("reject", action) in shown)
        return [name for name in ACTION_BUTTONS if row_path(name, action) in shown]

    assert buttons(trader) == ["apply", "reject"]
    assert buttons(trader, needs_approval=True) == ["reject"]
    assert buttons(other) == ["approve", "reject"]
    assert buttons(trader, status="approved", decided_by=mod, decided_at=action.proposed_at) == ["apply", "reject"]
    assert buttons(other, status="rejected") == []


def row_path(name: str, action: DeskAction) -> str:
    return reverse(f"admin:betting_deskaction_{name}", args=[action.id])


def test_what_waits_for_approval_is_not_applied_and_says_for_whom_it_waits(home: Selection, trader: User) -> None:
    action = propose_void(home, trader)
    DeskAction.objects.filter(id=action.id).update(needs_approval=True)
    before = changes()

    client = client_of(trader)
    body = {"_form_submitted": "True", "reason": "Now"}
    client.post(reverse("admin:betting_deskaction_apply", args=[action.id]), body)
    listed = client.get(reverse("admin:betting_deskaction_changelist")).content.decode()

    assert "Somebody else approves it first" in listed
    assert home.market.event.name in listed
    assert changes() == before
    assert DeskAction.objects.get().status == "proposed"


def test_a_proposal_is_read_in_names_not_ids(home: Selection, trader: User) -> None:
    market_id, draw = home.market_id, selection_of(home.market.event, "1x2", "draw")
    press(trader, "market_propose_results", market_id, won=[str(home.id), str(draw.id)], tied="2")
    press(trader, "market_propose_deduction", market_id, percent="20", placed_before="2190-01-01", withdrawn=draw.id)
    press(trader, "market_propose_void", market_id, ends_at="2190-01-01 12:30:00")
    action = DeskAction.objects.get(kind="settle_market")

    pages = {
        one.kind: client_of(trader).get(reverse("admin:betting_deskaction_change", args=[one.id])).content.decode()
        for one in DeskAction.objects.all()
    }

    assert f"{home.name}: won (1 shared by 2)<br>Draw: won (1 shared by 2)<br>" in pages["settle_market"]
    assert "Slips: 1 " in pages["settle_market"]
    assert "20 % off the winnings of bets placed before 2190-01-01T00:00:00.000000Z; Draw" in pages["deduction"]
    assert "Bets placed before 2190-01-01T12:30:00.000000Z are void" in pages["void_market"]
    assert str(action) == "Settle Market on Full-time result"
    assert not any(str(draw.id) in page for page in pages.values())
