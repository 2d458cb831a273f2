"""The Touchline socket for Python: one connection for every topic and command, which comes back and resumes."""

from touchline_client.client import Client
from touchline_client.errors import (
    CallRefused,
    Closed,
    FrameTooLarge,
    NotConnected,
    OutcomeUnknown,
    Refused,
    TicketUnavailable,
    TopicRefused,
    TouchlineError,
)
from touchline_client.events import ConnectionState, TopicStanding
from touchline_client.generated import topics
from touchline_client.latency import Latency
from touchline_client.link import Loss
from touchline_client.reducers import apply_change
from touchline_client.state import ConflatedState, EphemeralState, Gap, SequencedState
from touchline_client.subscription import Standing, Subscription
from touchline_client.topic import ChangeEvent, EntriesEvent, Entry, ImageEvent, Topic

__all__ = [
    "CallRefused",
    "ChangeEvent",
    "Client",
    "Closed",
    "ConflatedState",
    "ConnectionState",
    "EntriesEvent",
    "Entry",
    "EphemeralState",
    "FrameTooLarge",
    "Gap",
    "ImageEvent",
    "Latency",
    "Loss",
    "NotConnected",
    "OutcomeUnknown",
    "Refused",
    "SequencedState",
    "Standing",
    "Subscription",
    "TicketUnavailable",
    "Topic",
    "TopicRefused",
    "TopicStanding",
    "TouchlineError",
    "apply_change",
    "topics",
]
