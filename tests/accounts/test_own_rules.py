"""What a change of a limit comes to, and how long one may keep away, as pure functions."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.core.exclusions import SelfExclusionLength, end_of_self_exclusion, end_of_time_out
from accounts.core.own_limits import RAISE_LAPSES, RAISE_WAITS, OwnLimit, Raise, Step, choose, confirm

NOW = datetime(2026, 5, 2, 15, 30, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)
LIMIT = OwnLimit(1_000)
WITH_RAISE = OwnLimit(1_000, Raise(2_000, EARLIER))
WITH_REMOVAL = OwnLimit(1_000, Raise(None, EARLIER))
LAPSED = OwnLimit(1_000, Raise(2_000, NOW - RAISE_WAITS - RAISE_LAPSES))


@pytest.mark.parametrize(
    ("before", "wanted", "after", "step"),
    [
        (None, None, None, None),
        (None, 500, OwnLimit(500), "set"),
        (None, 0, OwnLimit(0), "set"),
        (LIMIT, 1_000, LIMIT, None),
        (LIMIT, 999, OwnLimit(999), "lowered"),
        (LIMIT, 1_001, OwnLimit(1_000, Raise(1_001, NOW)), "raise_asked"),
        (LIMIT, None, OwnLimit(1_000, Raise(None, NOW)), "raise_asked"),
        # The same once more does not wait longer; another one waits anew.
        (WITH_RAISE, 2_000, WITH_RAISE, None),
        (WITH_RAISE, 1_500, OwnLimit(1_000, Raise(1_500, NOW)), "raise_asked"),
        (WITH_RAISE, None, OwnLimit(1_000, Raise(None, NOW)), "raise_asked"),
        (WITH_REMOVAL, None, WITH_REMOVAL, None),
        # Less, or what holds, takes it back.
        (WITH_RAISE, 1_000, LIMIT, "raise_withdrawn"),
        (WITH_REMOVAL, 1_000, LIMIT, "raise_withdrawn"),
        (WITH_RAISE, 900, OwnLimit(900), "lowered"),
        # What lapsed is as if it had never been asked for.
        (LAPSED, 1_000, LAPSED, None),
        (LAPSED, 2_000, OwnLimit(1_000, Raise(2_000, NOW)), "raise_asked"),
    ],
)
def test_less_holds_at_once_and_more_waits(
    before: OwnLimit | None, wanted: int | None, after: OwnLimit | None, step: Step | None
) -> None:
    assert choose(before, wanted, NOW) == (after, step)


def test_a_raise_waits_a_day_and_lapses_a_week_later() -> None:
    wish = Raise(2_000, NOW)
    limit = OwnLimit(1_000, wish)

    assert (wish.confirmable_at, wish.lapses_at) == (NOW + timedelta(days=1), NOW + timedelta(days=8))
    assert limit.find_wish(wish.lapses_at - timedelta(microseconds=1)) == wish
    assert limit.find_wish(wish.lapses_at) is None
    assert confirm(wish) == OwnLimit(2_000)
    assert confirm(Raise(None, NOW)) is None


@pytest.mark.parametrize(
    ("length", "start", "end"),
    [
        ("6_months", datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)),
        ("6_months", datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 6, 30, tzinfo=UTC)),
        ("6_months", datetime(2026, 8, 31, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        ("1_year", datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 2, 28, tzinfo=UTC)),
        ("2_years", datetime(2026, 12, 1, tzinfo=UTC), datetime(2028, 12, 1, tzinfo=UTC)),
        ("5_years", datetime(2026, 11, 29, tzinfo=UTC), datetime(2031, 11, 29, tzinfo=UTC)),
    ],
)
def test_months_end_on_the_same_day(length: SelfExclusionLength, start: datetime, end: datetime) -> None:
    assert end_of_self_exclusion(length, start) == end
    assert end - start >= timedelta(days=181), "what the database asks of a self-exclusion"


def test_time_outs_end_after_exactly_their_length() -> None:
    assert [end_of_time_out(length, NOW) - NOW for length in ("24_hours", "7_days", "30_days", "6_weeks")] == [
        timedelta(days=days) for days in (1, 7, 30, 42)
    ]
