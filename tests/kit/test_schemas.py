"""What every command and reply on the wire has in common."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from project.kit.schemas import DayIn, Instant, InstantIn, Reply

FULL_SECOND = datetime(2026, 11, 29, 15, 45, 53, tzinfo=UTC)


class Happening(Reply):
    at: Instant
    asked_for: InstantIn


@pytest.mark.parametrize("mode", ["json", "python"])
@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (FULL_SECOND, "2026-11-29T15:45:53.000Z"),
        (FULL_SECOND.replace(microsecond=421), "2026-11-29T15:45:53.000Z"),
        (FULL_SECOND.replace(microsecond=999_999), "2026-11-29T15:45:53.999Z"),
        (FULL_SECOND.astimezone(timezone(timedelta(hours=5, minutes=30))), "2026-11-29T15:45:53.000Z"),
    ],
)
def test_an_instant_has_its_milliseconds_however_it_is_dumped(
    instant: datetime, written: str, mode: Literal["json", "python"]
) -> None:
    happening = Happening(at=instant, asked_for=instant)

    assert happening.model_dump(mode=mode) == {"at": written, "asked_for": written}
    assert TypeAdapter(Instant).dump_python(instant, mode=mode) == written


@pytest.mark.parametrize(
    "value", [1_800_000_000, "1800000000", "1.8e9", "20261129", "2026-11-29", "2026-11-29T15:45:53", ""]
)
def test_what_is_no_instant(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(InstantIn).validate_python(value)


def test_an_instant_as_clients_write_it() -> None:
    for text in ("2026-11-29T15:45:53Z", "2026-11-29T16:45:53.000+01:00", "2026-11-29 15:45:53+00:00"):
        assert TypeAdapter(InstantIn).validate_python(text) == FULL_SECOND


@pytest.mark.parametrize("value", [20_000, 86_400, "20000", "20261129", "2026-11-29T00:00:00Z", "2026-11-31", ""])
def test_what_is_no_day(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(DayIn).validate_python(value)


def test_a_day_as_clients_write_it() -> None:
    assert TypeAdapter(DayIn).validate_python("2026-11-29") == date(2026, 11, 29)
