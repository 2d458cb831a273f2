"""The books in the back office: finance reads them, nobody writes them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from payments.models import LedgerAccount, Transfer
from tests.payments.books import move, stakes, wallet_of
from tests.people import make_person

pytestmark = pytest.mark.django_db

PAGES = ("ledgeraccount", "transfer", "wallet")


def logged_in(role: str) -> Client:
    client = Client()
    client.force_login(make_person("staff", role))
    return client


@pytest.mark.parametrize("role", ["ADMIN", "FINANCE"])
def test_finance_reads_exact_balances(ada: User, role: str) -> None:
    move(wallet_of(ada.id), stakes(), 2_550, "slip-1", kind="stake")
    client = logged_in(role)

    shown = {page: client.get(reverse(f"admin:payments_{page}_changelist")).content.decode() for page in PAGES}

    assert "974.50 PLY" in shown["wallet"]
    assert "25.50 PLY" in shown["transfer"]
    assert "25.50 PLY" in shown["ledgeraccount"]  # not folded yet, and counted
    assert "-1000.00 PLY" in shown["ledgeraccount"]


@pytest.mark.parametrize("role", ["END_USER", "ML_ENGINEER", "MODERATOR"])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_does(ada: User, role: str, page: str) -> None:
    wallet_of(ada.id)

    response = logged_in(role).get(reverse(f"admin:payments_{page}_changelist"))

    assert response.status_code in (302, 403)
    assert b"PLY" not in response.content


def test_one_row_can_be_looked_at_and_not_saved(ada: User) -> None:
    move(wallet_of(ada.id), stakes(), 2_550, "slip-1", kind="stake")
    client = logged_in("ADMIN")
    transfer, account = Transfer.objects.get(ref="slip-1"), LedgerAccount.objects.get(id=stakes())

    for page, row in (("transfer", transfer), ("ledgeraccount", account)):
        path = reverse(f"admin:payments_{page}_change", args=[row.pk])
        assert client.get(path).status_code == 200
        assert client.post(path, {"amount_minor": "1"}).status_code == 403
        assert client.post(reverse(f"admin:payments_{page}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403

    assert Transfer.objects.get(ref="slip-1").amount_minor == 2_550
