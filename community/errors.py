"""Refusals that only the community gives."""

from project.kit.errors import Forbidden


class Blocked(Forbidden):
    """One of the two people has shut the other out."""

    code = "blocked"
    title = "You cannot write to this person"
