"""What one topic knows on this connection, and what each frame about it adds. It sends nothing, waits for nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from touchline_client.state import Change, ConflatedState, EphemeralState, Gap, Reduce, SequencedState
from touchline_client.topic import AnyEvent, ChangeEvent, EntriesEvent, ImageEvent

Frame = dict[str, Any]
Lane = Literal["conflated", "sequenced", "ephemeral"]

IMAGE_CHARACTERS_MAX: Final = 64 * 1024 * 1024  # of a segmented image; a server that sends more is not to be trusted


@dataclass(frozen=True, slots=True)
class Step:
    """What a frame led to.

    `is_current`: what is known is what the server knew when it wrote the frame. `is_broken`: something is missing that
    only another subscribe can bring.
    """

    events: Sequence[AnyEvent] = ()
    is_current: bool = False
    is_broken: bool = False


BROKEN: Final = Step(is_broken=True)
NOTHING_YET: Final = Step()


class Feed:
    """The state of a topic in each lane; the server's first answer says which of them it is."""

    def __init__(self, reduce: Reduce) -> None:
        self.lane: Lane | None = None
        self.conflated = ConflatedState()
        self.sequenced = SequencedState(reduce)
        self.ephemeral = EphemeralState(reduce)
        self._has_image = False
        self._is_started = False
        self._goal: str | None = None  # where a resumed topic stood: until that is reached it is catching up
        self._next_segment = 0
        self._entries: list[Sequence[Any]] = []
        self._text: list[str] = []

    def await_answer(self) -> None:
        """Until an answer is there, only the next change of a sequenced topic can be of use."""
        self._is_started = False
        self._goal = None
        self._drop_segments()

    def forget(self) -> None:
        """The position is of no use any more: the next answer shall be an image."""
        self.sequenced.forget()

    def start(self, frame: Frame) -> Step:
        """Take a `subscribed` frame."""
        segment = frame.get("segment", 0)
        if segment == 0:
            self._drop_segments()
        elif segment != self._next_segment:
            return BROKEN
        self._next_segment = segment + 1
        self.lane = frame["lane"]
        is_last = self._next_segment >= frame.get("segments", 1)
        if self.lane == "conflated":
            return self._start_conflated(frame, is_last=is_last)
        self._text.append(frame.get("part", ""))
        if sum(map(len, self._text)) > IMAGE_CHARACTERS_MAX:
            self._drop_segments()
            return BROKEN
        if not is_last:
            return NOTHING_YET
        if self.lane == "ephemeral":
            self._is_started = self._has_image = True
            self._drop_segments()
            self.ephemeral.restart(frame["image"])
            return Step([ImageEvent(frame["image"])], is_current=True)
        return self._resume(frame["pos"]) if frame.get("resumed") else self._start_sequenced(frame)

    def update(self, frame: Frame) -> Step:
        """Take an `update` frame."""
        if self.lane == "conflated":
            return self._update_conflated(frame["changes"])
        if self.lane == "ephemeral":
            return self._update_ephemeral(frame["changes"])
        return self._update_sequenced(frame.get("pos", ""), frame["changes"])

    def make_snapshot(self) -> AnyEvent | None:
        """The present state as one event; None before the first image."""
        if not self._has_image:
            return None
        if self.lane == "conflated":
            return EntriesEvent(self.conflated.list_entries(), replace=True)
        return ImageEvent(self.ephemeral.image if self.lane == "ephemeral" else self.sequenced.image)

    def _start_conflated(self, frame: Frame, *, is_last: bool) -> Step:
        self._entries += frame["image"]["entries"]
        if not is_last:
            return NOTHING_YET
        self.conflated.restart()
        self.conflated.merge(self._entries)
        self._is_started = self._has_image = True
        self._drop_segments()
        return Step([EntriesEvent(self.conflated.list_entries(), replace=True)], is_current=True)

    def _update_conflated(self, changes: Sequence[Sequence[Any]]) -> Step:
        if self._next_segment > 0:
            self._entries += changes
            return NOTHING_YET
        if not self._is_started:
            return NOTHING_YET
        entries = self.conflated.merge(changes)
        return Step([EntriesEvent(entries, replace=False)] if entries else [], is_current=True)

    def _update_ephemeral(self, changes: Sequence[Change]) -> Step:
        if not self._is_started:
            return NOTHING_YET
        self.ephemeral.take(changes)
        return Step([ChangeEvent(change) for change in changes], is_current=True)

    def _start_sequenced(self, frame: Frame) -> Step:
        text = "".join(self._text)
        self._drop_segments()
        self._goal = None
        self._is_started = True
        try:
            self.sequenced.restart(frame["pos"], json.loads(text) if text else frame["image"])
        except ValueError:
            self.forget()
            return BROKEN
        self._has_image = True
        return Step([ImageEvent(self.sequenced.image)], is_current=True)

    def _resume(self, position: str) -> Step:
        self._drop_segments()
        self._is_started = True
        self._goal = position
        # Our own position stands, unless the server speaks of another history.
        if self.sequenced.epoch is None or position.rpartition(":")[0] != self.sequenced.epoch:
            self.forget()
            return BROKEN
        return Step(is_current=self._is_caught_up())

    def _update_sequenced(self, position: str, changes: Sequence[Change]) -> Step:
        has_gap = False
        try:
            applied = self.sequenced.take(position, changes)
        except Gap as gap:
            applied, has_gap = gap.applied, True
        except ValueError:
            applied, has_gap = [], True
        events = [ChangeEvent(change, change["seq"]) for change in applied]
        if not self._is_started:  # it belongs to the hole that the awaited answer fills
            return Step(events)
        return Step(events, is_current=not has_gap and self._is_caught_up(), is_broken=has_gap)

    def _is_caught_up(self) -> bool:
        if self._goal is not None and self.sequenced.has_reached(self._goal):
            self._goal = None
        return self._goal is None

    def _drop_segments(self) -> None:
        self._next_segment = 0
        self._entries = []
        self._text = []
