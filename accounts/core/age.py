"""Who is old enough to play."""

from datetime import date
from typing import Final

AGE_MIN: Final = 18  # the lowest age at which betting is lawful where we are open
AGE_MAX: Final = 120  # beyond it the date is a mistake


def age_on(day: date, date_of_birth: date) -> int:
    """Completed years. Who is born on 29 February turns a year older on 1 March of ordinary years."""
    had_birthday = (day.month, day.day) >= (date_of_birth.month, date_of_birth.day)
    return day.year - date_of_birth.year - (0 if had_birthday else 1)


def is_old_enough(day: date, date_of_birth: date) -> bool:
    return AGE_MIN <= age_on(day, date_of_birth) <= AGE_MAX
