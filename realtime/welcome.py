"""What everyone who listens is told first, on a socket or an event stream: limits, who they are, what stands now."""

from typing import Final

from project.kit import clock
from project.kit.schemas import write_instant
from realtime.core.encoding import frame_of
from realtime.core.json_text import write_json
from realtime.core.limits import PROTOCOL_VERSION
from realtime.frames.server import SocketLimits, SocketPerson
from realtime.hub.connection import Connection, heartbeat_frame
from realtime.hub.hub import Hub
from realtime.identity import Identity

LIMITS: Final = SocketLimits()
_LIMITS_TEXT: Final = write_json(LIMITS.to_json())


def send_welcome(hub: Hub, connection: Connection, found: Identity) -> None:
    """Welcome whoever was identified; from now on they get the notices of the house."""
    # What is the same for everybody is written once; tests hold the whole against WelcomeFrame.
    members = {
        "op": "welcome",
        "v": PROTOCOL_VERSION,
        "heartbeat_ms": connection.heartbeat_ms,
        "server_time": write_instant(clock.now()),
        "session": connection.id,
    }
    user = SocketPerson(**found.person.model_dump()).to_json() if found.person else None
    connection.send(
        frame_of(members, limits=_LIMITS_TEXT, user=write_json(user))
    )  # `user` is said even when it is null
    connection.is_welcome = True
    if hub.freshness.is_delayed:
        connection.send(heartbeat_frame(hub.freshness))
    for notice in hub.notices.values():
        connection.send(frame_of(notice))
