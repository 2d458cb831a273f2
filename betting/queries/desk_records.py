"""What the desk's records are about, in names: they keep ids, which nobody reads."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from accounts.models import User
from betting.models import Market, Selection
from betting.queries.desk_overview import list_switches
from sports.models import Event

Named = Mapping[str, str]


def name_subjects(subjects: Iterable[str]) -> dict[str, str]:
    """The names of subjects such as `market:<id>`, in one query for each kind of them; one unknown is its own name."""
    keys: dict[str, set[str]] = defaultdict(set)
    named: dict[str, str] = {}
    for subject in subjects:
        kind, _, key = subject.partition(":")
        keys[kind].add(key)
        named[subject] = subject
    for kind, wanted in keys.items():
        names = _NAMES[kind](wanted) if kind in _NAMES else {}
        named |= {f"{kind}:{key}": name for key, name in names.items()}
    return named


def _name_events(ids: set[str]) -> Named:
    return {str(event_id): name for event_id, name in Event.objects.filter(id__in=ids).values_list("id", "name")}


def _name_markets(ids: set[str]) -> Named:
    rows = Market.objects.filter(id__in=ids).values_list("id", "name", "event__name")
    return {str(market_id): f"{name}, {event}" for market_id, name, event in rows}


def _name_selections(ids: set[str]) -> Named:
    rows = Selection.objects.filter(id__in=ids).values_list("id", "name", "market__name", "market__event__name")
    return {str(selection_id): f"{name}, {market}, {event}" for selection_id, name, market, event in rows}


def _name_people(ids: set[str]) -> Named:
    return {str(user_id): name for user_id, name in User.objects.filter(id__in=ids).values_list("id", "username")}


def _name_switches(scopes: set[str]) -> Named:
    return {one.scope: one.name for one in list_switches() if one.scope in scopes}


_NAMES: Final[Mapping[str, Callable[[set[str]], Named]]] = {
    "event": _name_events,
    "market": _name_markets,
    "selection": _name_selections,
    "user": _name_people,
    "switch": _name_switches,
}
