"""Taking funds out: what an operator allows, which state follows which, and where the funds are meanwhile."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from project.kit.money import CURRENCIES, parse_minor

PAYING_ROLES: Final = frozenset({"FINANCE", "ADMIN"})

NEXT: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"approved", "rejected", "cancelled"}),
    "approved": frozenset({"processing", "failed"}),
    "processing": frozenset({"paid", "failed"}),
    "paid": frozenset({"failed"}),
    "rejected": frozenset(),
    "cancelled": frozenset(),
    "failed": frozenset(),
}
HOLDING: Final = ("requested", "approved", "processing")  # the funds are set aside

_TERMS: Final = re.compile(r"([A-Z]{3}):([0-9.]+):([0-9.]+)", re.ASCII)


@dataclass(frozen=True)
class WithdrawalTerms:
    """What holds for one currency. Above `alone_minor_max` who marks paid must be another than who approved."""

    currency: str
    minimum_minor: int
    alone_minor_max: int


def parse_terms(entries: Iterable[str]) -> dict[str, WithdrawalTerms]:
    """Read `currency:smallest amount:largest amount that one person may pay alone`. Raises ValueError."""
    terms: dict[str, WithdrawalTerms] = {}
    for entry in entries:
        match = _TERMS.fullmatch(entry)
        if match is None:
            raise ValueError(f"{entry!r} is not like GBP:10.00:500.00")
        currency, minimum, alone = match.groups()
        if currency not in CURRENCIES or currency in terms:
            raise ValueError(f"{currency} is unknown or named twice")
        one = WithdrawalTerms(currency, parse_minor(minimum, currency), parse_minor(alone, currency))
        if one.minimum_minor < 1:
            raise ValueError(f"the smallest amount in {currency} must be above zero")
        terms[currency] = one
    return terms


def may_become(before: str, after: str) -> bool:
    return after in NEXT[before]
