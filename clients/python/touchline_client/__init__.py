"""The Touchline socket for Python: one connection for every topic, which comes back by itself and resumes."""

from touchline_client.client import CallRefused, Client, Closed, Subscription, TopicRefused
from touchline_client.reducers import apply_change
from touchline_client.state import ConflatedState, Gap, SequencedState

__all__ = [
    "CallRefused",
    "Client",
    "Closed",
    "ConflatedState",
    "Gap",
    "SequencedState",
    "Subscription",
    "TopicRefused",
    "apply_change",
]
