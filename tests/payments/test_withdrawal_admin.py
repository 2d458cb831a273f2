"""Withdrawals in the back office: each button asks why, is a POST, and does one step."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from payments.models import Withdrawal
from tests.payments.cash import approve, ask_for, checked, everything, order, purse
from tests.people import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_funds_can_be_withdrawn")]

BUTTONS = ("approve", "reject", "begin", "confirm", "fail")


def entered(user: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def path_of(name: str, withdrawal: Withdrawal) -> str:
    return reverse(f"admin:payments_withdrawal_{name}", args=[withdrawal.id])


def press(client: Client, name: str, withdrawal: Withdrawal, **fields: str) -> Any:
    path = path_of(name, withdrawal)
    assert b'id="dialog"' in client.get(path).content
    token = client.cookies["csrftoken"].value
    body = {"_form_submitted": "True", "reason": "Looked at", "csrfmiddlewaretoken": token} | fields
    return client.post(path, body)


def test_finance_takes_it_all_the_way(ada: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    client = entered(make_person("finn", "FINANCE"))

    for name, fields in (("approve", {}), ("begin", {"reference": "TL-77"}), ("confirm", {})):
        assert press(client, name, withdrawal, **fields).status_code == 302

    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.payout_reference) == ("paid", "TL-77")
    assert purse(ada) == (85_000, 0, 15_000)
    shown = client.get(reverse("admin:payments_withdrawal_change", args=[withdrawal.id])).content.decode()
    assert "150.00 PLY" in shown
    assert shown.count("Looked at") >= 3
    messages = list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))
    assert messages == [
        "requested -> approved: Looked at",
        "approved -> processing: Looked at",
        "processing -> paid: Looked at",
    ]


@pytest.mark.parametrize(("name", "steps"), [("reject", ()), ("fail", (approve, order))])
def test_the_funds_go_back(ada: User, name: str, steps: tuple[Any, ...]) -> None:
    withdrawal, finn = ask_for(checked(ada), "150.00"), make_person("finn", "FINANCE")
    for step in steps:
        step(withdrawal, finn)

    press(entered(finn), name, withdrawal)

    assert purse(ada) == (100_000, 0, 0)


def test_only_buttons_that_lead_somewhere_are_shown(ada: User) -> None:
    withdrawal, finn = ask_for(checked(ada), "250.00"), make_person("finn", "FINANCE")
    amy = make_person("amy", "ADMIN")

    def shown(user: User = finn) -> tuple[list[str], list[str]]:
        """On its own page and in the list, where the menu has the two that decide."""
        pages = (path_of("change", withdrawal), reverse("admin:payments_withdrawal_changelist"))
        texts = [entered(user).get(page).content.decode() for page in pages]
        whole, row = ([name for name in BUTTONS if path_of(name, withdrawal) in text] for text in texts)
        return whole, row

    assert shown() == (["approve", "reject"], ["approve", "reject"])
    approve(withdrawal, finn)
    assert shown() == (["begin", "fail"], [])
    order(withdrawal, finn)
    assert shown() == (["fail"], [])  # above what one may pay alone
    assert shown(amy) == (["confirm", "fail"], [])


def test_nobody_is_offered_to_decide_about_their_own() -> None:
    finn = checked(make_person("finn", "FINANCE"))
    withdrawal = ask_for(finn, "150.00")

    for page in (path_of("change", withdrawal), reverse("admin:payments_withdrawal_changelist")):
        shown = entered(finn).get(page).content.decode()
        assert path_of("change", withdrawal) in shown
        assert [name for name in BUTTONS if path_of(name, withdrawal) in shown] == []


def test_opening_a_button_or_leaving_something_out_changes_nothing(ada: User) -> None:
    withdrawal, finn = ask_for(checked(ada), "150.00"), make_person("finn", "FINANCE")
    client = entered(finn)
    before = everything()

    for name in BUTTONS:
        assert client.get(path_of(name, withdrawal)).status_code == 200
        assert press(client, name, withdrawal, reason=" ").status_code == 200
        assert client.post(path_of(name, withdrawal), {"_form_submitted": "True", "reason": "x"}).status_code == 403
    assert everything() == before
    approve(withdrawal, finn)
    before = everything()
    assert press(client, "begin", withdrawal).status_code == 200  # it asks for the reference again
    assert everything() == before


def test_a_refusal_is_said_in_its_own_words(ada: User) -> None:
    finn = checked(make_person("finn", "FINANCE"))
    withdrawal = ask_for(finn, "150.00")
    client = entered(finn)
    before = everything()

    assert press(client, "approve", withdrawal).status_code == 302

    page = client.get(reverse("admin:payments_withdrawal_changelist")).content.decode()
    assert "Somebody else decides about your own withdrawal" in page
    assert everything() == before


def test_nobody_else_sees_or_presses_anything(ada: User) -> None:
    withdrawal = ask_for(checked(ada), "150.00")
    pressed = {"_form_submitted": "True", "reason": "x", "reference": "y"}
    clients = {role: Client() for role in ("END_USER", "ML_ENGINEER", "MODERATOR")}
    for role, client in clients.items():
        client.force_login(make_person(role.lower(), role))
    before = everything()

    for role, client in clients.items():
        refused = 403 if role == "MODERATOR" else 302
        assert client.get(reverse("admin:payments_withdrawal_changelist")).status_code == refused
        for name in BUTTONS:
            assert client.post(path_of(name, withdrawal), pressed).status_code == refused
    assert everything() == before
