"""What a client tells besides its topics: named events with typed contents."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, overload

from touchline_client.errors import TopicRefused
from touchline_client.generated.frames import ErrorFrame, NoticeFrame, WelcomeFrame
from touchline_client.latency import Latency
from touchline_client.link import Loss
from touchline_client.subscription import Standing

# `live`: all that is heard is up to date. `delayed`: the server has been silent for longer than it promised, what it
# says takes seconds to get here, or it says itself that it is behind. `resyncing`: connected again or something was
# lost, and it is being caught up. `offline`: no connection; the next attempt is coming. `closed`: by us, or for good by
# the server. Only `live` may be shown as live.
ConnectionState: TypeAlias = Literal["connecting", "live", "delayed", "resyncing", "offline", "closed"]


@dataclass(frozen=True, slots=True)
class TopicStanding:
    """How one topic stands now."""

    topic: str
    standing: Standing
    refusal: TopicRefused | None


class Emitter:
    """Listeners by name. Each is called soon, on its own: one that fails harms no other and is reported by the loop."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable[[Any], object]]] = {}

    @overload
    def on(self, name: Literal["state"], listener: Callable[[ConnectionState], object]) -> Callable[[], None]: ...

    @overload
    def on(self, name: Literal["welcome"], listener: Callable[[WelcomeFrame], object]) -> Callable[[], None]: ...

    @overload
    def on(self, name: Literal["latency"], listener: Callable[[Latency], object]) -> Callable[[], None]: ...

    @overload
    def on(self, name: Literal["notice"], listener: Callable[[NoticeFrame], object]) -> Callable[[], None]: ...

    @overload
    def on(self, name: Literal["topic"], listener: Callable[[TopicStanding], object]) -> Callable[[], None]: ...

    @overload
    def on(self, name: Literal["loss"], listener: Callable[[Loss], object]) -> Callable[[], None]: ...

    @overload
    def on(self, name: Literal["session_ended"], listener: Callable[[None], object]) -> Callable[[], None]: ...

    @overload
    def on(self, name: Literal["refusal"], listener: Callable[[ErrorFrame], object]) -> Callable[[], None]: ...

    def on(self, name: str, listener: Callable[[Any], object]) -> Callable[[], None]:
        """Call `listener` at each event of that name; returns what ends that.

        `state`: see ConnectionState. `welcome`: a connection began. `latency`: a ping was answered. `notice`: the
        operators want everybody to know something; `is_active: false` takes it away. `topic`: a topic stands
        differently. `loss`: a connection ended. `session_ended`: whoever was signed in here no longer is. `refusal`:
        the server refused something that is neither a call nor a topic.
        """

        def tell(content: Any) -> None:
            listener(content)

        listeners = self._listeners.setdefault(name, [])
        listeners.append(tell)

        def end() -> None:
            if tell in listeners:
                listeners.remove(tell)

        return end

    def emit(self, name: str, content: Any) -> None:
        """Tell the listeners of that name."""
        for tell in self._listeners.get(name, ()):
            asyncio.get_running_loop().call_soon(tell, content)
