"""Who comes into the admin and what they find there."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from community.models import CommunityPost, ModerationAction, PostReply, RatingReview, Report
from operations.site import LOGINS_PER_FIVE_MINUTES, Site
from project.devstack.shared_cluster import REPOSITORY
from tests.people import PASSWORD

Enter = Callable[[User | None], Client]
COMMUNITY = (Report, CommunityPost, PostReply, ModerationAction, RatingReview)
MODERATORS = (*COMMUNITY, User)


def _list_path(model: type) -> str:
    meta = model._meta  # type: ignore[attr-defined]  # a model
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def test_the_default_site_is_ours() -> None:
    assert isinstance(admin.site, Site)


def test_players_and_visitors_are_sent_to_the_log_in(ada: User, enter: Enter) -> None:
    for user in (None, ada):
        for path in (reverse("admin:index"), _list_path(Report)):
            answer = enter(user).get(path)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/admin/login/")


def test_a_moderator_sees_the_community_and_its_people_and_nothing_else(mod: User, enter: Enter) -> None:
    client = enter(mod)

    for model in admin.site._registry:
        expected = 200 if model in MODERATORS else 403
        assert client.get(_list_path(model)).status_code == expected, model
    page = client.get(reverse("admin:index")).content.decode()
    assert "Moderation queue" in page
    assert "Open slips" not in page
    assert "joined today" not in page


def test_a_page_asks_once_for_itself_and_once_for_its_menu_whether_somebody_trades(mod: User, enter: Enter) -> None:
    """Not for each of the desk's pages that the menu might show."""
    client = enter(mod)

    with CaptureQueriesContext(connection) as statements:
        assert client.get(_list_path(Report)).status_code == 200

    assert sum("auth_group" in statement["sql"] for statement in statements) == 2


def test_finance_sees_no_report(finance: User, enter: Enter) -> None:
    client = enter(finance)

    assert client.get(reverse("admin:index")).status_code == 200
    for model in COMMUNITY:
        assert client.get(_list_path(model)).status_code == 403


def test_an_admin_sees_everything(admin_person: User, enter: Enter) -> None:
    client = enter(admin_person)

    for model in admin.site._registry:
        assert client.get(_list_path(model)).status_code == 200, model


def test_a_suspended_moderator_is_out(mod: User, admin_person: User, enter: Enter) -> None:
    from accounts.actions.people import suspend_person

    client = enter(mod)
    suspend_person(user_id=mod.id, actor_id=admin_person.id, reason="left")

    assert client.get(_list_path(Report)).status_code == 302


def test_the_log_in_works_and_counts_attempts(mod: User, enter: Enter) -> None:
    client = Client()
    path = reverse("admin:login")
    wrong = {"username": "mod", "password": "wrong", "next": "/admin/"}

    entered = client.post(path, wrong | {"password": PASSWORD})
    assert (entered.status_code, entered.headers["Location"]) == (302, "/admin/")
    other = Client()
    for _ in range(LOGINS_PER_FIVE_MINUTES - 1):
        assert other.post(path, wrong).status_code == 200
    refused = other.post(path, wrong | {"password": PASSWORD}, follow=True)
    assert "Too many attempts" in refused.content.decode()
    assert "_auth_user_id" not in other.session


def test_the_log_in_leads_to_the_overview_or_where_one_wanted_to_go(mod: User) -> None:
    client = Client()
    body = {"username": "mod", "password": PASSWORD}

    bare = client.get("/admin/login/")
    assert (bare.status_code, bare.headers["Location"]) == (302, "/admin/login/?next=%2Fadmin%2F")
    entered = client.post("/admin/login/?next=%2Fadmin%2Fcommunity%2Freport%2F", body)
    assert entered.headers["Location"] == "/admin/community/report/"
    elsewhere = Client().post("/admin/login/?next=https://evil.example/", body)
    assert elsewhere.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/"])
def test_the_admin_carries_our_name_and_colours(admin_person: User, enter: Enter, path: str) -> None:
    page = enter(admin_person if path == "/admin/" else None).get(path, follow=True).content.decode()

    assert "Touchline" in page
    assert "--color-primary-500: rgb(43, 217, 154)" in page


def test_the_admin_passes_its_own_checks_and_no_worker_reads_it() -> None:
    code = (
        "import django, sys; django.setup(); assert 'betting.admin' not in sys.modules\n"
        "import project.urls; from django.contrib import admin; from django.apps import apps\n"
        "print(len(admin.site._registry) > 30, admin.site.check(apps.get_app_configs()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)

    assert done.stdout == "True []\n"
