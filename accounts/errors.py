"""Refusals about people."""

from project.kit.errors import AppError, Forbidden


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
