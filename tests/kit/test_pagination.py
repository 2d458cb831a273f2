"""Pages follow each other without loss or repetition, and a forged cursor is a 400."""

import base64

import pytest

from project.kit.errors import BadRequest
from project.kit.models import OutboxChange
from project.kit.pagination import decode_cursor, encode_cursor, paginate

ORDER = ("-stream", "-id")


@pytest.mark.django_db
def test_pages_cover_every_row_once() -> None:
    for number in range(25):
        OutboxChange.objects.create(stream=f"s{number % 3}", seq=number, payload={})

    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = paginate(OutboxChange.objects.all(), cursor=cursor, limit=7, order=ORDER, shape=lambda row: row.pk)
        seen.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break

    expected = OutboxChange.objects.order_by(*ORDER).values_list("pk", flat=True)
    assert seen == list(expected)


@pytest.mark.parametrize(
    "cursor",
    [
        "%%%",
        "a",
        encode_cursor(["one"]),
        encode_cursor(["x", "not a number"]),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b"[[[1]], 2]").decode(),
        "x" * 1000,
    ],
)
@pytest.mark.django_db
def test_forged_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(BadRequest):
        paginate(OutboxChange.objects.all(), cursor=cursor, order=ORDER, shape=lambda row: row.pk)


def test_a_cursor_carries_its_values() -> None:
    assert decode_cursor(encode_cursor(["a", 5]), 2) == ["a", 5]


@pytest.mark.parametrize(
    "instant",
    [
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-05-02T15:30:00",
        "2026-05-02",
        5,
    ],
)
@pytest.mark.django_db
def test_instants_that_postgresql_would_refuse_are_refused(instant: str | int) -> None:
    cursor = encode_cursor([instant, 1])

    with pytest.raises(BadRequest):
        paginate(OutboxChange.objects.all(), cursor=cursor, order=("-created_at", "-id"), shape=lambda row: row.pk)


@pytest.mark.django_db
def test_an_instant_of_any_offset_is_a_position() -> None:
    cursor = encode_cursor(["2026-05-02T15:30:00+23:59", 1])

    assert paginate(OutboxChange.objects.all(), cursor=cursor, order=("-created_at", "-id"), shape=str).items == []
