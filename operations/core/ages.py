"""How long ago, in the few words that a list has room for."""

from datetime import timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def describe_age(age: timedelta) -> str:
    """`under a minute`, `12 min`, `5 h`, `3 days`: whole units, rounded down. Days begin after two of them."""
    if age < MINUTE:
        return "under a minute"
    if age < HOUR:
        return f"{age // MINUTE} min"
    if age < 2 * DAY:
        return f"{age // HOUR} h"
    return f"{age // DAY} days"
