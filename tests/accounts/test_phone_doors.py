"""Doors of allauth that we do not have are missing, whoever knocks and however."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.doors import APP, BROWSER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("door", ["account/phone", "auth/phone/verify", "auth/phone/verify/resend"])
def test_there_are_no_telephones(ada: User, method: str, door: str) -> None:
    known = Client()
    known.force_login(ada)

    for client in (Client(), known):
        for base in (BROWSER, APP):
            assert client.generic(method, f"{base}/{door}", b"{}", content_type="application/json").status_code == 404
