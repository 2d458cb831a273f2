"""The updates of every variant: a market of about 290 bytes as a frame of its own, stamped when it is published."""

import json
import random
import re
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

# The stamp of every update in whatever bytes arrive; a stamp that is cut by the end of a read does not match yet.
STAMP: Final = re.compile(rb'"ns":(\d+)[,}]')
SUBSCRIBED: Final = b'"op":"subscribed"'

Lane = Literal["conflated", "sequenced"]


def make_value(number: int, selections: int = 3) -> dict[str, Any]:
    """What a market says: its prices, and `ns`, the monotonic nanosecond at which this was made."""
    return {
        "ns": time.monotonic_ns(),
        "state": "open",
        "selections": [
            {"id": name, "price": f"{1 + number % 97 / 100:.2f}", "size": str(10 + number % 89)}
            for name in _selection_names(selections)
        ],
    }


@cache
def _selection_names(count: int) -> list[str]:
    """Home, draw and away, or scores."""
    return ["home", "draw", "away"] if count == 3 else [f"{score // 6}-{score % 6}" for score in range(count)]


def market_name(market: int) -> str:
    """The key of a market."""
    return f"market-{market}"


def entry_text(market: int, number: int, selections: int = 3) -> str:
    """One entry of a conflated frame, as our hub writes it."""
    return _compact([market_name(market), number + 2, make_value(number, selections)])


def frame_text(market: int, number: int, selections: int = 3) -> str:
    """The frame that our hub makes of one update, ready-made for those who are not our hub."""
    head = (
        f'"op":"update","topic":"bench:prices:1","pt":{time.time_ns() // 1_000_000},"pos":"v:{number + 2}","con":true'
    )
    return f'{{{head},"changes":[{entry_text(market, number, selections)}]}}'


@dataclass(frozen=True)
class Load:
    """Who hears what, and how the updates spread over it."""

    lane: Lane = "conflated"
    conflate_ms: int = 0
    markets: int = 1
    selections: int = 3
    topic_count: int = 1
    topics_a_client: int = 1
    series: int = 0  # tells apart what several servers on one Redis are sent, and their clients' addresses
    is_one_match: bool = False  # a client's topics are neighbours that move together, instead of any

    @property
    def at_once(self) -> int:
        """How many updates are published together: all topics of a match move when something happens in it."""
        return self.topics_a_client if self.is_one_match else 1

    @property
    def topics(self) -> list[str]:
        kind = "prices" if self.lane == "conflated" else "changes"
        return [f"bench:{kind}:{self.markets}-{self.series}-{topic}" for topic in range(self.topic_count)]

    def topics_of(self, client: int) -> list[int]:
        """Their numbers. Whichever way they are handed out, each topic has as many listeners as any other."""
        count = self.topics_a_client
        clients_a_round = self.topic_count // count
        mixed = list(range(self.topic_count))
        if not self.is_one_match:
            random.Random(client // clients_a_round).shuffle(mixed)
        first = client % clients_a_round * count
        return mixed[first : first + count]


def hub_greeting(load: Load, client: int) -> list[str]:
    """Hello and one subscribe, as any client of ours begins."""
    names = load.topics
    asked = [
        {"topic": names[topic]} | ({"conflate_ms": load.conflate_ms} if load.lane == "conflated" else {})
        for topic in load.topics_of(client)
    ]
    return [_compact({"op": "hello", "v": 1}), _compact({"op": "subscribe", "id": 1, "topics": asked})]


def plain_greeting(load: Load, client: int) -> list[str]:
    """One frame, which the others answer with an image of one market; the C loop looks at the topics."""
    return [_compact({"op": "subscribe", "id": 1, "topics": load.topics_of(client)})]


class TopicChoice:
    """Which topic each update of a load is on: the same ones for every server."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._random = random.Random(11)
        self._match = 0

    def pick(self, number: int) -> int:
        """Any topic, or, where clients follow one match, all topics of a match one after another."""
        if not self._load.is_one_match:
            return self._random.randrange(self._load.topic_count)
        count = self._load.topics_a_client
        if number % count == 0:
            self._match = self._random.randrange(self._load.topic_count // count)
        return self._match * count + number % count


def plain_image() -> str:
    """The answer of those who are not our hub."""
    return f'{{{SUBSCRIBED.decode()},"image":{{"entries":[{entry_text(0, 0)}]}}}}'


def _compact(content: object) -> str:
    return json.dumps(content, separators=(",", ":"))
