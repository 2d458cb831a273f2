"""The live trading desk's page: for traders alone, with the strict policy, and its files are served."""

from collections.abc import Callable

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.people import let_trade

Enter = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db


def test_admins_and_traders_come_in_and_nobody_else(
    ada: User, mod: User, admin_person: User, finance: User, enter: Enter
) -> None:
    path = reverse("admin:trading")
    assert path == "/admin/trading/"
    for person, status in ((ada, 302), (None, 302), (mod, 403), (finance, 403), (admin_person, 200)):
        assert enter(person).get(path).status_code == status, person
    let_trade(mod)
    assert enter(mod).get(path).status_code == 200
    assert enter(mod).post(path).status_code == 405 or enter(mod).post(path).status_code == 403


def test_who_is_logged_out_comes_by_the_log_in_that_lets_every_trader_in(enter: Enter) -> None:
    answer = enter(None).get(f"{reverse('admin:trading')}?event=1&next=//evil.test")

    assert answer.headers["Location"] == "/login?next=/admin/trading/%3Fevent%3D1%26next%3D//evil.test"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_trader_who_is_not_staff_has_the_desk_and_nothing_else_of_the_back_office(ada: User, enter: Enter) -> None:
    client = enter(let_trade(ada))

    page = client.get(reverse("admin:trading"))

    assert page.status_code == client.get("/api/desk").status_code == 200
    text = page.content.decode()
    assert "csrfmiddlewaretoken" in text and 'id="waiting"' in text
    assert 'href="/admin' not in text and "data-back-office" not in text
    closed = (
        "index",
        "status",
        "betting_deskaction_changelist",
        "betting_market_changelist",
        "accounts_user_changelist",
    )
    for name in closed:
        path = reverse(f"admin:{name}")
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/login/?next={path}")
    ada.groups.clear()
    assert client.get(reverse("admin:trading")).status_code == 302
    assert client.get("/api/desk").status_code == 403


def test_the_staff_have_the_ways_into_the_back_office(admin_person: User, enter: Enter) -> None:
    text = enter(admin_person).get(reverse("admin:trading")).content.decode()

    assert "<body data-back-office>" in text
    for name in ("index", "betting_deskaction_changelist", "betting_deskrecord_changelist"):
        assert f'href="{reverse(f"admin:{name}")}"' in text


def test_the_page_needs_no_inline_script_or_style(admin_person: User, enter: Enter) -> None:
    page = enter(admin_person).get(reverse("admin:trading"))

    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    text = page.content.decode()
    assert "<style" not in text and " style=" not in text and "onclick" not in text
    assert text.count("<script") == 1 and 'type="module" src=' in text
    assert "csrfmiddlewaretoken" in text
    for name in ("operations/trading.js", "operations/trading.css", "unfold/fonts/inter/styles.css"):
        assert f'"/static/{name}"' in text
        assert finders.find(name), name


def test_what_multiples_take_off_stakes_is_in_their_name(admin_person: User, enter: Enter) -> None:
    page = enter(admin_person).get(reverse("admin:trading")).content.decode()

    assert '<th scope="col" class="number">Net stakes</th>' in page


def test_the_menu_leads_there_for_traders_alone(admin_person: User, finance: User, enter: Enter) -> None:
    assert "/admin/trading/" in enter(admin_person).get(reverse("admin:index")).content.decode()
    assert "/admin/trading/" not in enter(finance).get(reverse("admin:index")).content.decode()
