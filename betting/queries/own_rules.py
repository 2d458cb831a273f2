"""What people have ruled for themselves, and who is barred, as the functions of the database answer it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from betting.core.own_rules import OwnLimitFacts, OwnRules


class OwnRulesBook:
    """The rules of some people, by person and currency; grows with the slips of a batch. Empty for nearly everybody."""

    def __init__(self, text: str | None) -> None:
        found: dict[str, list[Any]] = {} if text is None else json.loads(text)
        self._barred: frozenset[str] = frozenset(found.get("barred", ()))
        self._away: dict[str, dict[str, datetime]] = {}
        self._limits: dict[tuple[str, str], list[OwnLimitFacts]] = {}
        for user_id, kind, ends_at in found.get("exclusions", ()):
            away = self._away.setdefault(user_id, {})
            away[kind] = max(_instant(ends_at), away.get(kind, _instant(0)))
        for user_id, currency, kind, period, amount, counted, waiting, first_at in found.get("limits", ()):
            facts = OwnLimitFacts(
                kind, period, amount, counted, waiting, None if first_at is None else _instant(first_at)
            )
            self._limits.setdefault((user_id, currency), []).append(facts)

    def find(self, user_id: str, currency: str) -> OwnRules | None:
        """None where nothing keeps a person from staking what they like."""
        if not (self._away or self._limits or self._barred):
            return None
        away, limits = self._away.get(user_id, {}), self._limits.get((user_id, currency), ())
        is_barred = user_id in self._barred
        if not (away or limits or is_barred):
            return None
        return OwnRules(away.get("self_exclusion"), away.get("time_out"), limits, is_barred)

    def forget_waiting(self) -> None:
        """What waits is about to be judged: only what stands counts against it."""
        for limits in self._limits.values():
            for limit in limits:
                limit.waiting_minor = 0


def read_own_rules(user_id: UUID, currencies: Iterable[str], *, now: datetime) -> OwnRulesBook:
    """The rules of one person. Where a stake is to be taken by them the caller holds the wallet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT betting_read_own_rules(%s::uuid[], %s, %s)", [[str(user_id)], list(currencies), now])
        return OwnRulesBook(cursor.fetchone()[0])


def _instant(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)
