"""Lists and pages of the back office show a button where it would do something, and not where it would be refused."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.actions.people import suspend_person
from accounts.models import User
from betting.actions.free_bets import grant_free_bets, withdraw_free_bet
from betting.actions.market_status import suspend_market
from betting.actions.pools.settle_pool import cancel_pool
from betting.actions.stops import suspend_event
from betting.models import EventBook
from community.actions.decisions import Decision
from community.actions.moderation import dismiss_report, hide_reply
from community.models import Report
from project.kit import clock
from realtime.actions.notices import publish_notice, withdraw_notice
from tests.betting.desk import make_live_priced_event, make_priced_event, selection_of
from tests.betting.pools import make_pool

Enter = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(admin_person: User, enter: Enter) -> Client:
    return enter(admin_person)


def shown(desk: Client, row: Model, names: Sequence[str], *, has_page: bool = True) -> list[str]:
    """Which of these buttons stand on the row in its list; its own page, where it has them too, shows the same."""
    prefix = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    paths = {name: reverse(f"{prefix}_{name}", args=[row.pk]) for name in names}

    def find(page: str) -> list[str]:
        return [name for name, path in paths.items() if f'"{path}"' in page]

    listed = find(desk.get(reverse(f"{prefix}_changelist")).content.decode())
    if has_page:
        assert find(desk.get(reverse(f"{prefix}_change", args=[row.pk])).content.decode()) == listed
    return listed


def test_stops_of_events_and_markets(desk: Client, admin_person: User) -> None:
    market = selection_of(make_live_priced_event(), "1x2", "home").market
    book = EventBook.objects.get(event_id=market.event_id)
    stops = ("suspend", "resume")
    assert (shown(desk, market, stops), shown(desk, book, stops)) == (["suspend"], ["suspend"])

    suspend_market(actor_id=admin_person.id, market_id=market.id, reason="x")
    suspend_event(actor_id=admin_person.id, event_id=market.event_id, reason="x")

    assert (shown(desk, market, stops), shown(desk, book, stops)) == (["resume"], ["resume"])
    page = desk.get(reverse("admin:betting_market_change", args=[market.id])).content.decode()
    assert reverse("admin:betting_market_propose_void", args=[market.id]) in page


def test_people(desk: Client, admin_person: User, ada: User) -> None:
    assert shown(desk, ada, ("suspend", "reinstate")) == ["suspend"]

    suspend_person(user_id=ada.id, actor_id=admin_person.id, reason="x")

    assert shown(desk, ada, ("suspend", "reinstate")) == ["reinstate"]
    assert (
        reverse("admin:accounts_user_record_check", args=[ada.id])
        in desk.get(reverse("admin:accounts_user_change", args=[ada.id])).content.decode()
    )


def test_free_bets(desk: Client, admin_person: User, ada: User) -> None:
    [token] = grant_free_bets(
        actor_id=admin_person.id, usernames=["ada"], currency="PLY", amount_minor=500, days=7, reason="x", grant_key="k"
    )
    assert shown(desk, token, ("withdraw",), has_page=False) == ["withdraw"]

    withdraw_free_bet(actor_id=admin_person.id, free_bet_id=token.id, reason="x")

    assert shown(desk, token, ("withdraw",), has_page=False) == []


def test_pools(desk: Client, admin_person: User, ada: User) -> None:
    pool = make_pool(ada, make_priced_event())
    assert shown(desk, pool, ("call_off",)) == ["call_off"]

    cancel_pool(pool_id=pool.id, actor_id=admin_person.id, reason="x")

    assert shown(desk, pool, ("call_off",)) == []


def test_notices(desk: Client, admin_person: User) -> None:
    notice = publish_notice(
        actor_id=admin_person.id, title="Down at nine", message="", notification_type="maintenance",
        start_time=clock.now() + timedelta(hours=1), end_time=None,
    )  # fmt: skip
    assert shown(desk, notice, ("withdraw",)) == ["withdraw"]

    withdraw_notice(notice_id=notice.id)

    assert shown(desk, notice, ("withdraw",)) == []


def test_reports_and_what_they_are_about(desk: Client, admin_person: User, report: Report) -> None:
    assert report.reply is not None
    both = ("hide", "restore")
    assert shown(desk, report, ("hide", "dismiss")) == ["hide", "dismiss"]
    assert shown(desk, report.reply, both) == ["hide"]

    dismiss_report(decision=Decision(admin_person.id, "Fine with us", report.id))
    assert shown(desk, report, ("hide", "dismiss")) == ["hide"]
    hide_reply(reply_id=report.reply.id, decision=Decision(admin_person.id, "Not fine after all"))

    assert shown(desk, report.reply, both) == ["restore"]
    assert shown(desk, report, ("hide", "dismiss")) == []
