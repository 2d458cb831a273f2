"""The private stream of a person; higher apps add their parts to its image and send their changes on it."""

from typing import Any

from project.kit.callers import Caller
from project.kit.topics import Arguments, SequencedTopic, declare


def _is_owner(caller: Caller, arguments: Arguments) -> bool:
    return caller.user_id is not None and str(caller.user_id) == arguments["user_id"]


def _image(arguments: Arguments) -> dict[str, Any]:
    return {}  # everything on this stream belongs to the parts of higher apps


USER = declare(SequencedTopic(name="user", pattern="user:{user_id}", may_subscribe=_is_owner, changes=(), image=_image))
