"""Refusals about people."""

from datetime import datetime

from project.kit.errors import AppError, Forbidden
from project.kit.schemas import write_instant


class AgeRestricted(Forbidden):
    """The person is too young to play."""

    code = "age_restricted"
    title = "You must be 18 or older"


class IdentityTaken(AppError):
    """The e-mail address or the user name belongs to somebody else; `field` says which."""

    code = "already_exists"
    status = 409
    title = "This e-mail address or user name is taken"

    def __init__(self, field: str) -> None:
        super().__init__(field=field)
        self.field = field


class SelfExcluded(Forbidden):
    """The person has excluded themselves from betting until `ends_at`; nobody can shorten that."""

    code = "self_excluded"
    title = "You have excluded yourself"

    def __init__(self, ends_at: datetime) -> None:
        super().__init__(ends_at=write_instant(ends_at))


class TimedOut(Forbidden):
    """The person takes a time-out from betting until `ends_at`."""

    code = "timed_out"
    title = "You are taking a time-out"

    def __init__(self, ends_at: datetime) -> None:
        super().__init__(ends_at=write_instant(ends_at))


class ExclusionNotLonger(AppError):
    """What holds until `ends_at` can be made longer, not shorter."""

    code = "exclusion_not_longer"
    status = 409
    title = "This would end before what holds now"

    def __init__(self, ends_at: datetime) -> None:
        super().__init__(ends_at=write_instant(ends_at))


class RaiseNotDue(AppError):
    """A higher limit can be confirmed from `confirmable_at` on."""

    code = "raise_not_due"
    status = 409
    title = "A higher limit waits for a day"

    def __init__(self, confirmable_at: datetime) -> None:
        super().__init__(confirmable_at=write_instant(confirmable_at))
