"""The front page of the admin tells each role real numbers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from betting.actions.desk_actions import Proposal, propose_action, reject_action
from betting.models import DeskAction
from community.actions.decisions import Decision
from community.actions.moderation import hide_reply
from community.models import Report
from operations.core.ages import describe_age
from operations.queries.figures import describe_dashboard
from payments.actions.withdrawals import cancel_withdrawal
from tests.betting.desk import bet, fund, make_priced_event, selection_of
from tests.payments.cash import ask_for, checked, offered
from tests.people import caller_of, let_trade

Enter = Callable[[User | None], Client]


def _figures(user: User) -> dict[str, str]:
    return {figure.label: figure.value for figure in describe_dashboard(caller_of(user)).figures}


def test_an_admin_sees_every_figure(report: Report, admin_person: User) -> None:
    assert _figures(admin_person) == {
        "Open reports": "1",
        "Posts today": "2",
        "Open proposals": "0",
        "Open withdrawals": "0",
        "Events in play": "0",
        "Open slips": "0",
        "People": "4",
        "Events set aside": "0",
    }


def test_each_role_sees_its_own(report: Report, mod: User, finance: User, ada: User) -> None:
    assert list(_figures(mod)) == ["Open reports", "Posts today"]
    assert list(_figures(finance)) == ["Open withdrawals", "Events in play", "Open slips"]
    assert list(_figures(let_trade(mod))) == ["Open reports", "Posts today", "Open proposals"]
    assert _figures(ada) == {}
    assert describe_dashboard(caller_of(finance)).waiting == []
    assert describe_dashboard(caller_of(mod)).events == []


def test_a_decision_moves_a_report_from_waiting_to_decided(report: Report, mod: User, enter: Enter) -> None:
    assert [row.id for row in describe_dashboard(caller_of(mod)).waiting] == [report.id]
    assert report.reply_id is not None
    hide_reply(reply_id=report.reply_id, decision=Decision(mod.id, "Advertising.", report.id))

    dashboard = describe_dashboard(caller_of(mod))

    assert dashboard.waiting == []
    assert [entry.reason for entry in dashboard.decisions] == ["Advertising."]
    assert _figures(mod)["Open reports"] == "0"
    page = enter(mod).get(reverse("admin:index")).content.decode()
    assert "Nothing waits." in page
    assert "Advertising." in page


def test_proposals_and_withdrawals_wait_on_the_front_page(admin_person: User, ada: User) -> None:
    fund(ada)
    home = selection_of(make_priced_event(), "1x2", "home")
    bet(ada, home)
    proposal = propose_action(Proposal("void_market", home.market_id, {}, admin_person.id, "Wrong price"))
    with offered:
        withdrawal = ask_for(checked(ada), "10.00")

    assert _waiting(admin_person) == {
        "Open proposals": ("1", "none needs approval", "warn"),
        "Open withdrawals": ("1", "oldest waits under a minute", "warn"),
    }
    DeskAction.objects.update(needs_approval=True)
    assert _waiting(admin_person)["Open proposals"] == ("1", "1 need somebody else's approval", "warn")

    reject_action(actor_id=admin_person.id, action_id=proposal.id, reason="Right after all")
    cancel_withdrawal(withdrawal_id=withdrawal.id)
    assert _waiting(admin_person) == {
        "Open proposals": ("0", "none needs approval", "calm"),
        "Open withdrawals": ("0", "nothing waits", "calm"),
    }


def _waiting(user: User) -> dict[str, tuple[str, str, str]]:
    figures = describe_dashboard(caller_of(user)).figures
    asked = ("Open proposals", "Open withdrawals")
    return {one.label: (one.value, one.hint, one.tone) for one in figures if one.label in asked}


def test_what_people_wrote_is_escaped(report: Report, mod: User, enter: Enter) -> None:
    page = enter(mod).get(reverse("admin:index")).content.decode()

    assert "Buy &lt;b&gt;now&lt;/b&gt;" in page
    assert "Buy <b>now</b>" not in page


def test_the_menu_counts_what_waits(report: Report, mod: User, enter: Enter) -> None:
    from operations.navigation import list_navigation
    from tests.operations.test_admin_buttons import _request_of

    [_, community, people] = list_navigation(_request_of(mod))

    assert [item["title"] for item in community["items"]] == ["Reports", "Decisions", "Threads", "Replies", "Ratings"]
    assert [item["title"] for item in people["items"]] == ["People"]
    assert next(item for item in community["items"] if item["title"] == "Reports")["badge"] == "1"


def test_the_menu_has_words_for_its_groups(admin_person: User) -> None:
    from operations.navigation import list_navigation
    from tests.operations.test_admin_buttons import _request_of

    groups = [str(group.get("title", "")) for group in list_navigation(_request_of(admin_person))]

    assert groups == ["", "Community", "Sports", "Betting", "Payments", "People", "Models", "Realtime"]


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=59), "under a minute"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_ages_are_told_in_whole_units(age: timedelta, text: str) -> None:
    assert describe_age(age) == text
