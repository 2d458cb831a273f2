"""Every problem says how long it is, also one that was made outside of the middleware which says it for the others."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("PUT", "/api/slips", {}, 405),
        ("POST", "/api/health", {}, 405),
        ("POST", "/api/slips", {"CONTENT_LENGTH": "262145"}, 413),
        ("POST", "/api/slips", {"CONTENT_LENGTH": "1e3"}, 400),
        ("GET", "/api/nowhere", {}, 404),
        ("GET", "/api/withdrawals", {}, 401),
    ],
)
def test_a_problem_says_how_long_it_is(method: str, path: str, headers: dict[str, str], status: int) -> None:
    answer = Client().generic(method, path, **headers)  # type: ignore[arg-type]  # headers as WSGI spells them

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.headers["Content-Length"] == str(len(answer.content))
