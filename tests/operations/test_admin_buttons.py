"""Buttons of the admin: opening one changes nothing, pressing one calls one action and is logged."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from community.models import CommunityPost, ModerationAction, PostReply, Report
from project.kit.read_only_admin import ReadOnlyAdmin

Enter = Callable[[User | None], Client]
REASON = "Breaks the house rules."
UNTOUCHED = {"sessions.session", "accounts.user"}  # a log-in writes these two; their other columns are compared below


def _fingerprint() -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    rows: dict[str, list[Any]] = {}
    for model in apps.get_models():
        if model._meta.managed and model._meta.label_lower not in UNTOUCHED:
            rows[model._meta.label] = sorted(model._default_manager.values_list(), key=repr)
    rows["people"] = sorted(User.objects.values_list("id", "status", "role", "is_active", "is_staff"), key=repr)
    return rows


def _list_buttons(page: Any) -> Iterator[str]:
    for group in ("actions_list", "actions_row", "actions_detail", "actions_submit_line"):
        for name in page._extract_action_names(getattr(page, group, ()) or ()):
            yield str(name)


def _button_path(name: str, report: Report) -> str:
    return reverse(f"admin:community_report_{name}", args=[report.id])


def _press(client: Client, path: str, reason: str = REASON, **headers: str) -> Any:
    """What a person does: open the dialog, fill it in, send it with the token it came with."""
    opened = client.get(path)
    assert opened.status_code == 200
    token = client.cookies["csrftoken"].value
    body = {"_form_submitted": "True", "reason": reason, "csrfmiddlewaretoken": token}
    return client.post(path, body, headers=headers or None)


def test_every_page_and_button_opened_with_get_changes_nothing(
    report: Report, admin_person: User, enter: Enter
) -> None:
    client = enter(admin_person)
    before = _fingerprint()

    opened = 0
    for model, page in admin.site._registry.items():
        prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{prefix}_changelist")).status_code == 200, model
        row = model._default_manager.first()
        if row is None:
            continue
        assert client.get(reverse(f"{prefix}_change", args=[row.pk])).status_code == 200, model
        for name in _list_buttons(page):
            answer = client.get(reverse(f"{prefix}_{name}", args=[row.pk]))
            assert answer.status_code == 200, (model, name)
            assert b'id="dialog"' in answer.content, (model, name)
            opened += 1

    assert opened >= 8
    assert _fingerprint() == before


def test_every_page_is_read_only(report: Report, admin_person: User, enter: Enter) -> None:
    client = enter(admin_person)
    before = _fingerprint()

    for model, page in admin.site._registry.items():
        assert isinstance(page, ReadOnlyAdmin), model
        prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{prefix}_add")).status_code == 403, model
        row = model._default_manager.first()
        if row is not None:
            assert client.get(reverse(f"{prefix}_delete", args=[row.pk])).status_code == 403, model
            request = _request_of(admin_person)
            with pytest.raises(PermissionDenied):
                page.save_model(request, row, None, True)
            with pytest.raises(PermissionDenied):
                page.delete_model(request, row)
            with pytest.raises(PermissionDenied):
                page.delete_queryset(request, model._default_manager.all())
            assert not page.get_actions(request), model

    assert _fingerprint() == before


def _request_of(user: User) -> HttpRequest:
    from tests.people import caller_of

    request = RequestFactory().get("/admin/")
    request.user = user
    request.caller = caller_of(user)  # type: ignore[attr-defined]  # set by the middleware
    return request


def test_a_moderator_hides_a_reported_reply(report: Report, mod: User, enter: Enter) -> None:
    answer = _press(enter(mod), _button_path("hide", report))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/community/report/")
    report.refresh_from_db()
    assert (report.status, report.resolved_by_id) == ("actioned", mod.id)
    assert PostReply.objects.get().is_hidden
    [entry] = ModerationAction.objects.all()
    assert (entry.actor_id, entry.action, entry.reason, entry.report_id) == (mod.id, "hide", REASON, report.id)


def test_htmx_is_told_to_leave_the_dialog(report: Report, mod: User, enter: Enter) -> None:
    answer = _press(enter(mod), _button_path("dismiss", report), **{"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/admin/community/report/")
    assert Report.objects.get().status == "dismissed"


def test_a_dialog_is_opened_on_its_first_field(report: Report, mod: User, enter: Enter) -> None:
    opened = enter(mod).get(_button_path("hide", report))

    (first,) = re.findall(r"<[^>]* autofocus[^>]*>", opened.content.decode())
    assert 'name="reason"' in first


def test_a_dialog_at_its_own_address_is_a_page_that_leads_back(report: Report, mod: User, enter: Enter) -> None:
    client, path = enter(mod), _button_path("hide", report)

    page = client.get(path)
    part = client.get(path, headers={"HX-Request": "true"})
    refused = _press(client, path, "")

    row = reverse("admin:community_report_change", args=[report.id])
    for answer in (page, refused):
        assert answer.status_code == 200
        assert b"<title>" in answer.content
        assert f'data-leave="{row}"'.encode() in answer.content
        assert answer.content.count(b'id="dialog"') == 1
    assert b"This field is required." in refused.content
    assert b"<title>" not in part.content
    assert part.content.count(b'id="dialog"') == 1


def test_hidden_and_restored_again(report: Report, mod: User, enter: Enter) -> None:
    client = enter(mod)
    _press(client, _button_path("hide", report))
    _press(client, _button_path("restore", report))

    assert not PostReply.objects.get().is_hidden
    assert Report.objects.get().status == "restored"
    assert list(ModerationAction.objects.order_by("id").values_list("action", flat=True)) == ["hide", "restore"]


def test_the_author_is_suspended(report: Report, ben: User, mod: User, enter: Enter) -> None:
    _press(enter(mod), _button_path("suspend", report))

    ben.refresh_from_db()
    assert (ben.status, ben.is_active) == ("suspended", False)
    assert ModerationAction.objects.get().action == "suspend"


def test_pressing_twice_is_told_and_logged_once(report: Report, mod: User, enter: Enter) -> None:
    client = enter(mod)
    _press(client, _button_path("hide", report))
    _press(client, _button_path("hide", report))

    page = client.get(reverse("admin:community_report_changelist")).content.decode()
    assert "It is hidden already." in page
    assert ModerationAction.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_without_a_reason_nothing_happens(report: Report, mod: User, enter: Enter, reason: str) -> None:
    before = _fingerprint()

    answer = _press(enter(mod), _button_path("hide", report), reason)

    assert answer.status_code == 200
    assert b"dialog-form" in answer.content
    assert _fingerprint() == before


def test_without_the_token_nothing_happens(report: Report, mod: User, enter: Enter) -> None:
    before = _fingerprint()
    body = {"_form_submitted": "True", "reason": REASON}

    for name in ("hide", "restore", "dismiss", "suspend"):
        assert enter(mod).post(_button_path(name, report), body).status_code == 403

    assert _fingerprint() == before


@pytest.mark.parametrize("who", ["ada", "finn", "visitor"])
def test_whoever_is_no_moderator_changes_nothing(
    report: Report, ada: User, finance: User, enter: Enter, who: str
) -> None:
    user = {"ada": ada, "finn": finance, "visitor": None}[who]
    client = Client()
    if user is not None:
        client.force_login(user)
    before = _fingerprint()

    for name in ("hide", "restore", "dismiss", "suspend"):
        answer = client.post(_button_path(name, report), {"_form_submitted": "True", "reason": REASON})
        assert answer.status_code == (403 if who == "finn" else 302)

    assert _fingerprint() == before


def test_a_thread_nobody_reported_is_hidden_from_its_own_page(report: Report, mod: User, enter: Enter) -> None:
    thread = CommunityPost.objects.get()
    path = reverse("admin:community_communitypost_hide", args=[thread.id])

    answer = _press(enter(mod), path)

    assert answer.headers["Location"] == "/admin/community/communitypost/"
    thread.refresh_from_db()
    assert thread.is_hidden


def test_the_queue_shows_the_text_as_it_was_and_the_useful_buttons(report: Report, mod: User, enter: Enter) -> None:
    client = enter(mod)
    page = client.get(reverse("admin:community_report_change", args=[report.id])).content.decode()

    assert "Buy &lt;b&gt;now&lt;/b&gt;" in page
    assert f"/t/{CommunityPost.objects.get().id}" in page
    for name, is_there in (("hide", True), ("dismiss", True), ("suspend", True), ("restore", False)):
        assert (_button_path(name, report) in page) is is_there, name
    _press(client, _button_path("hide", report))
    page = client.get(reverse("admin:community_report_change", args=[report.id])).content.decode()
    for name, is_there in (("hide", False), ("dismiss", False), ("suspend", True), ("restore", True)):
        assert (_button_path(name, report) in page) is is_there, name
    assert REASON in page


def test_open_reports_come_first_the_longest_waiting_on_top(
    report: Report, ada: User, ben: User, mod: User, enter: Enter
) -> None:
    from community.actions.decisions import Decision
    from community.actions.moderation import dismiss_report
    from community.actions.reports import file_report
    from community.models import SubjectType

    thread_id = CommunityPost.objects.get().id
    decided = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread_id, reason="spam")
    dismiss_report(decision=Decision(mod.id, "Fine.", decided.id))
    newer = file_report(reporter_id=ben.id, subject_type=SubjectType.POST, subject_id=thread_id, reason="abuse")

    page = enter(mod).get(reverse("admin:community_report_changelist")).content.decode()

    paths = [reverse("admin:community_report_change", args=[row.id]) for row in (report, newer, decided)]
    places = [page.index(path) for path in paths]
    assert places == sorted(places)
