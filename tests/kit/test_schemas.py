"""What every command and reply on the wire has in common."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pytest
from pydantic import TypeAdapter

from project.kit.schemas import Instant, InstantIn, Reply

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
