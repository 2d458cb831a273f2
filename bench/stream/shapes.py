"""What travels on the topics of the benchmark; importing it declares none of them."""

from typing import Literal

from project.kit.schemas import WireModel
from project.kit.topics import Change


class BenchMarket(WireModel):
    """One market as `updates.make_value` makes it."""

    ns: int
    state: str
    selections: list[dict[str, str]]


class BenchChange(Change):
    """The same on a sequenced topic."""

    type: Literal["bench.change"] = "bench.change"
    market: str
    ns: int
    state: str
    selections: list[dict[str, str]]
