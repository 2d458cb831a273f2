"""Who hears a topic and who is typing there: what this hub sees itself and what other hubs say, as one view.

Plain values; the caller brings the clock. Whatever is not said again in time is forgotten.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from realtime.core.limits import PEOPLE_SHOWN, ROSTER_GUESTS, TYPING_EVERY_S, TYPING_FOR_S, TYPING_SHOWN

ALIVE_FOR_S: Final = 10.0  # a hub that says nothing for this long has died; three refreshes may be lost before
TYPING_AT_LEAST_APART_S: Final = TYPING_EVERY_S - 0.5  # a late frame must not make the next, punctual one too early

Person = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Guest:
    """One person at a topic. `person` is how others see them, None for whoever is only counted."""

    user_id: str
    since_ms: int
    person: Person | None

    @property
    def order(self) -> tuple[int, str]:
        """Who came first is named first, so that a newcomer never takes a name away."""
        return self.since_ms, self.user_id


@dataclass(frozen=True)
class Roster:
    """Who hears a topic through one hub. `people` counts the guests, those beyond the listed ones included."""

    number: int
    guests: tuple[Guest, ...]
    people: int
    visitors: int

    def to_json(self) -> dict[str, Any]:
        """As hubs tell it to each other."""
        guests = [[guest.user_id, guest.since_ms, guest.person] for guest in self.guests]
        return {"n": self.number, "g": guests, "p": self.people, "v": self.visitors}

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> "Roster":
        """Raises KeyError, TypeError or ValueError for what is none."""
        guests = tuple(Guest(str(user_id), int(since_ms), person) for user_id, since_ms, person in content["g"])
        return cls(int(content["n"]), guests, int(content["p"]), int(content["v"]))


@dataclass(frozen=True)
class GatheringView:
    """What one reader is shown."""

    present: Mapping[str, Person]
    typing: Mapping[str, Person]
    people: int
    visitors: int

    def image(self) -> dict[str, Any]:
        """For a newcomer."""
        return {
            "present": list(self.present.values()),
            "typing": list(self.typing.values()),
            "people": self.people,
            "visitors": self.visitors,
        }

    def changes_since(self, old: "GatheringView") -> list[dict[str, Any]]:
        """What makes the old view this one."""
        changes: list[dict[str, Any]] = []
        changes += _changes("typing.stopped", "user_id", (each for each in old.typing if each not in self.typing))
        changes += _changes("presence.left", "user_id", (each for each in old.present if each not in self.present))
        changes += _changes("presence.arrived", "person", _newly(self.present, old.present))
        changes += _changes("typing.started", "person", _newly(self.typing, old.typing))
        if (self.people, self.visitors) != (old.people, old.visitors):
            changes.append({"type": "presence.counted", "people": self.people, "visitors": self.visitors})
        return changes


def _changes(kind: str, member: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"type": kind, member: value} for value in values]


def _newly(now: Mapping[str, Person], before: Mapping[str, Person]) -> list[Person]:
    return [person for user_id, person in now.items() if before.get(user_id) != person]


@dataclass
class _OtherHub:
    """What another hub said last, and until when it counts."""

    roster: Roster
    until: float


@dataclass
class Gathering:
    """One topic's people in this hub and, as far as it heard, in all others."""

    _own: dict[str, Guest] = field(default_factory=dict)
    _sockets: Counter[str] = field(default_factory=Counter)
    _visitors: int = 0
    _others: dict[str, _OtherHub] = field(default_factory=dict)
    _own_typing: dict[str, float] = field(default_factory=dict)
    _others_typing: dict[str, dict[str, float]] = field(default_factory=dict)
    _tried_at: dict[str, float] = field(default_factory=dict)
    _number: int = 0
    _ordered: list[Guest] | None = None

    @property
    def is_empty_here(self) -> bool:
        """Whether nobody is here through this hub."""
        return not self._own and not self._visitors

    def arrive(self, user_id: str | None, person: Person | None, *, at_ms: int) -> None:
        """One more socket of this hub; None for a visitor's. A person with two is here once."""
        self._ordered = None
        if user_id is None:
            self._visitors += 1
            return
        self._sockets[user_id] += 1
        known = self._own.get(user_id)
        self._own[user_id] = Guest(user_id, known.since_ms if known else at_ms, person)

    def leave(self, user_id: str | None) -> None:
        """One socket less. A person is gone with their last one, and types no more."""
        self._ordered = None
        if user_id is None:
            self._visitors -= 1
            return
        self._sockets[user_id] -= 1
        if not self._sockets[user_id]:
            del self._sockets[user_id], self._own[user_id]
            self._own_typing.pop(user_id, None)
            self._tried_at.pop(user_id, None)

    def may_type_now(self, user_id: str, *, at: float) -> bool:
        """Whether enough time has passed since the person's last try; notes this one if so."""
        if at - self._tried_at.get(user_id, float("-inf")) < TYPING_AT_LEAST_APART_S:
            return False
        self._tried_at[user_id] = at
        return True

    def type(self, user_id: str, *, at: float) -> None:
        """Somebody of this hub is typing, for the next seconds."""
        if user_id in self._own:
            self._own_typing[user_id] = at + TYPING_FOR_S

    def say(self, user_id: str) -> bool:
        """Somebody has said what they were typing, wherever they did; True where they are here through this hub."""
        for typing in (self._own_typing, *self._others_typing.values()):
            typing.pop(user_id, None)
        self._tried_at.pop(user_id, None)  # the next word may follow at once
        return user_id in self._own

    def hear_roster(self, hub_id: str, roster: Roster, *, until: float) -> None:
        """Another hub said who is there. What is older than what was heard changes nothing."""
        known = self._others.get(hub_id)
        if known is not None and known.roster.number > roster.number:
            return
        self._ordered = None
        self._others[hub_id] = _OtherHub(roster, until)  # an empty one too: something older may still be on its way

    def hear_typing(self, hub_id: str, user_ids: Iterable[str], *, at: float) -> None:
        """Another hub said who is typing there: nobody else is."""
        typing = dict.fromkeys(user_ids, at + TYPING_FOR_S)
        if typing:
            self._others_typing[hub_id] = typing
        else:
            self._others_typing.pop(hub_id, None)

    def expire(self, at: float) -> bool:
        """Forget what was not said again in time; True when somebody of this hub stopped typing by that."""
        for hub_id in [hub_id for hub_id, other in self._others.items() if other.until <= at]:
            self._ordered = None
            self._forget_hub(hub_id)
        for typing in self._others_typing.values():
            _drop_expired(typing, at)
        return _drop_expired(self._own_typing, at)

    def find_next_expiry(self) -> float | None:
        """When `expire` has something to do next."""
        times = [other.until for other in self._others.values()]
        for typing in (self._own_typing, *self._others_typing.values()):
            times += typing.values()
        return min(times, default=None)

    def call_roll(self) -> Roster:
        """What this hub says to the others; each roll has a higher number."""
        self._number += 1
        guests = sorted(self._own.values(), key=lambda guest: guest.order)[:ROSTER_GUESTS]
        return Roster(self._number, tuple(guests), len(self._own), self._visitors)

    def list_typing_here(self) -> list[str]:
        """Who is typing through this hub, the first to come first."""
        return [guest.user_id for guest in self._in_order(self._own_typing.keys() & self._own.keys())][:TYPING_SHOWN]

    def view(self, unseen: frozenset[str]) -> GatheringView:
        """What a reader is shown who must not see `unseen`, not even as a number."""
        guests = self._list_guests()
        present: dict[str, Person] = {}
        for guest in guests:
            if len(present) == PEOPLE_SHOWN:
                break
            if guest.person is not None and guest.user_id not in unseen:
                present[guest.user_id] = guest.person
        typing_ids = self._own_typing.keys() | {each for typing in self._others_typing.values() for each in typing}
        typing = [guest for guest in self._in_order(typing_ids - unseen) if guest.person is not None]
        hidden = sum(guest.user_id in unseen for guest in guests) if unseen else 0
        unlisted = sum(other.roster.people - len(other.roster.guests) for other in self._others.values())
        return GatheringView(
            present=present,
            typing={guest.user_id: guest.person for guest in typing[:TYPING_SHOWN] if guest.person is not None},
            people=len(guests) + unlisted - hidden,
            visitors=self._visitors + sum(other.roster.visitors for other in self._others.values()),
        )

    def _list_guests(self) -> list[Guest]:
        if self._ordered is None:
            guests = dict(self._own)
            for other in self._others.values():
                for guest in other.roster.guests:
                    known = guests.get(guest.user_id)
                    if known is None or guest.order < known.order:
                        guests[guest.user_id] = guest
            self._ordered = sorted(guests.values(), key=lambda guest: guest.order)
        return self._ordered

    def _in_order(self, user_ids: Iterable[str]) -> list[Guest]:
        wanted = set(user_ids)
        return [guest for guest in self._list_guests() if guest.user_id in wanted] if wanted else []

    def _forget_hub(self, hub_id: str) -> None:
        self._others.pop(hub_id, None)
        self._others_typing.pop(hub_id, None)


def _drop_expired(typing: dict[str, float], at: float) -> bool:
    over = [user_id for user_id, until in typing.items() if until <= at]
    for user_id in over:
        del typing[user_id]
    return bool(over)
