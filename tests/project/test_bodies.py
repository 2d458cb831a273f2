"""Every route that takes JSON refuses what is no JSON object, before it asks who is there."""

from collections.abc import Iterator

import pytest
from django.test import Client

from project.kit.ids import new_id
from project.urls import api

MALFORMED = {"empty": b"", "space": b" ", "a list": b"[]", "a text": b'"stake"', "null": b"null", "no number": b"NaN"}


def list_json_routes() -> Iterator[tuple[str, str]]:
    for path, operations in api.get_openapi_schema()["paths"].items():
        yield from ((method, path) for method, about in operations.items() if "requestBody" in about)


@pytest.mark.django_db
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_no_object_is_malformed(client: Client, body: bytes) -> None:
    routes = list(list_json_routes())
    assert {("post", "/api/slips"), ("put", "/api/me/limits"), ("patch", "/api/me/profile")} <= set(routes)

    for method, path in routes:
        address = "/".join(str(new_id()) if part.startswith("{") else part for part in path.split("/"))
        answer = client.generic(method.upper(), address, body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json"), (method, path)
